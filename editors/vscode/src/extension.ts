// Finds the server, starts it, and starts it again when it is asked to.
import * as vscode from 'vscode';
import { DidChangeConfigurationNotification, type LanguageClient } from 'vscode-languageclient/node';
import { createClient } from './client';
import { locateServer, type Located } from './locate';

let client: LanguageClient | undefined;
let output: vscode.LogOutputChannel;
/** Starts and stops run one after the other; a start that overtook a stop would leave two servers. */
let queue: Promise<void> = Promise.resolve();

export function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel('Surefoot', { log: true });
  const restart = () => inTurn(async () => {
    await stop();
    await start(context);
  });
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand('surefoot.restart', restart),
    vscode.commands.registerCommand('surefoot.showOutput', () => output.show()),
    vscode.workspace.onDidChangeConfiguration(change => {
      if (change.affectsConfiguration('surefoot.path') || change.affectsConfiguration('surefoot.args')) void restart();
      else if (change.affectsConfiguration('surefoot')) void inTurn(tellSettingsChanged);
    }),
  );
  return inTurn(() => start(context));
}

export function deactivate(): Promise<void> {
  return inTurn(stop);
}

function inTurn(step: () => Promise<void>): Promise<void> {
  queue = queue.then(step, step);
  return queue;
}

async function start(context: vscode.ExtensionContext): Promise<void> {
  const located = locate(context);
  if ('lookedAt' in located) {
    void reportMissing(located.lookedAt);
    return;
  }
  output.info(`Starting ${located.command} (${located.origin})`);
  client = createClient(located.command, output);
  try {
    await client.start();
  } catch (error) {
    void reportFailed(located.command, error);
  }
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  try {
    await running?.dispose();
  } catch (error) {
    output.warn(`The server did not stop as asked: ${error}`);
  }
}

/** The server asks for the settings in return, folder by folder. */
async function tellSettingsChanged(): Promise<void> {
  if (client?.isRunning()) await client.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
}

function locate(context: vscode.ExtensionContext): Located {
  return locateServer({
    setting: vscode.workspace.getConfiguration('surefoot').get<string>('path', '').trim(),
    extension: context.extensionPath,
    searchPath: process.env.PATH ?? '',
    workspace: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
  });
}

function reportMissing(lookedAt: string[]): Promise<void> {
  output.error(['No server found. Looked at:', ...lookedAt.map(place => `  ${place}`), `PATH is ${process.env.PATH}`].join('\n'));
  return reportError(`Surefoot found no server to run. It looked at ${lookedAt.join('; ')}.`);
}

function reportFailed(command: string, error: unknown): Promise<void> {
  output.error(`${command} did not start: ${error}`);
  return reportError(`Surefoot could not start ${command}: ${error instanceof Error ? error.message : error}`);
}

async function reportError(message: string): Promise<void> {
  const [openSetting, showOutput] = ['Open Setting', 'Show Output'];
  const choice = await vscode.window.showErrorMessage(message, openSetting, showOutput);
  if (choice === openSetting) await openPathSetting();
  if (choice === showOutput) output.show();
}

/** On another machine (SSH, WSL, a container) it is that machine's setting, which has a page of its own. */
async function openPathSetting(): Promise<void> {
  const query = '@id:surefoot.path';
  if (vscode.env.remoteName === undefined) await vscode.commands.executeCommand('workbench.action.openSettings', query);
  else await vscode.commands.executeCommand('workbench.action.openRemoteSettings', { query });
}
