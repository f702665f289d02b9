// The language client: which documents it serves and what it tells the server.
import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions } from 'vscode-languageclient/node';
import { serverSettings } from './settings';

const section = 'surefoot';

export function createClient(command: string, output: vscode.LogOutputChannel): LanguageClient {
  const args = vscode.workspace.getConfiguration(section).get<string[]>('args', []);
  const options: LanguageClientOptions = {
    documentSelector: [
      { scheme: 'file', language: 'python' },
      { scheme: 'untitled', language: 'python' },
    ],
    outputChannel: output,
    diagnosticCollectionName: section,
    middleware: {
      workspace: {
        configuration: params =>
          params.items.map(item => (item.section === section ? settingsFor(item.scopeUri) : null)),
        // extension.ts tells the server: it knows whether the same change makes it restart the server.
        didChangeConfiguration: async () => {},
      },
    },
  };
  return new LanguageClient(section, 'Surefoot', { command, args: ['server', '--stdio', ...args] }, options);
}

function settingsFor(scopeUri: string | undefined): Record<string, unknown> {
  const scope = scopeUri === undefined ? null : vscode.Uri.parse(scopeUri);
  return serverSettings(vscode.workspace.getConfiguration(undefined, scope).get(section, {}));
}
