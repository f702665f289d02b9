// What the server is told of the editor's settings.

/** The settings that are the extension's own affair. */
const ownKeys = new Set(['path', 'args', 'trace']);

/** Keeps what the user has set of the section `surefoot`: what is null is as the project's configuration says. */
export function serverSettings(section: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(section).filter(([key, value]) => !ownKeys.has(key) && value !== null));
}
