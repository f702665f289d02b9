// Where the server is looked for. Knows nothing of VS Code, so that it can be tested without one.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** The places that are asked, in this order; the first that is not empty-handed answers. */
export interface Places {
  /** The setting `surefoot.path`; empty when the user has not set it. */
  setting: string;
  /** The folder the extension is installed in. */
  extension: string;
  /** The environment's `PATH`. */
  searchPath: string;
  /** What `${workspaceFolder}` in the setting means, when a folder is open. */
  workspace?: string;
}

export type Located = { command: string; origin: string } | { lookedAt: string[] };

const program = process.platform === 'win32' ? 'surefoot.exe' : 'surefoot';

/**
 * Finds the server program, or says place by place why there is none. A setting is an order: when it names nothing that can
 * be run, no other place is tried, as running another program than the one asked for would hide the mistake.
 */
export function locateServer(places: Places): Located {
  if (places.setting !== '') return fromSetting(places);
  const bundled = path.join(places.extension, 'bin', program);
  if (problemWith(bundled) === undefined) return { command: bundled, origin: 'the copy in the extension' };
  const folders = places.searchPath.split(path.delimiter).filter(folder => folder !== '');
  const command = folders.map(folder => path.join(folder, program)).find(file => problemWith(file) === undefined);
  if (command !== undefined) return { command, origin: 'the PATH' };
  return {
    lookedAt: [
      'the setting surefoot.path: it is empty',
      `the copy in the extension: ${bundled} ${problemWith(bundled)}`,
      `the PATH: none of its ${folders.length} folders has a program ${program}`,
    ],
  };
}

function fromSetting(places: Places): Located {
  const command = expand(places.setting, places.workspace);
  const problem = path.isAbsolute(command) ? problemWith(command) : 'is not an absolute path';
  if (problem === undefined) return { command, origin: 'the setting surefoot.path' };
  return { lookedAt: [`the setting surefoot.path: ${command} ${problem}`] };
}

function expand(setting: string, workspace: string | undefined): string {
  const home = setting.replace(/^~(?=$|[\\/])/, () => os.homedir());
  return workspace === undefined ? home : home.replaceAll('${workspaceFolder}', () => workspace);
}

/** Why a file cannot be run, or undefined when it can. */
function problemWith(file: string): string | undefined {
  try {
    if (!fs.statSync(file).isFile()) return 'is not a file';
  } catch {
    return 'does not exist';
  }
  try {
    fs.accessSync(file, fs.constants.X_OK);
  } catch {
    return 'is not executable';
  }
  return undefined;
}
