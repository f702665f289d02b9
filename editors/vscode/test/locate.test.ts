import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { locateServer, type Places } from '../src/locate.ts';

let folder: string;
beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'locate-')); });
afterEach(() => fs.rmSync(folder, { recursive: true }));

function program(name: string, mode = 0o755): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, '#!/bin/sh\n', { mode });
  return file;
}

function locate(places: Partial<Places>) {
  return locateServer({ setting: '', extension: path.join(folder, 'extension'), searchPath: '', ...places });
}

test('the setting comes first', () => {
  const command = program('mine/surefoot');
  program('extension/bin/surefoot');
  assert.deepEqual(locate({ setting: command }), { command, origin: 'the setting surefoot.path' });
});

test('the setting may name the workspace folder', () => {
  const command = program('tools/surefoot');
  const found = locate({ setting: '${workspaceFolder}/tools/surefoot', workspace: folder });
  assert.deepEqual(found, { command, origin: 'the setting surefoot.path' });
});

test('the setting may begin with the home folder', () => {
  const found = locate({ setting: '~/no/such/surefoot' });
  assert.deepEqual(found, { lookedAt: [`the setting surefoot.path: ${os.homedir()}/no/such/surefoot does not exist`] });
});

test('a setting that names nothing to run is not passed over', () => {
  program('extension/bin/surefoot');
  const absent = path.join(folder, 'absent');
  assert.deepEqual(locate({ setting: absent }), { lookedAt: [`the setting surefoot.path: ${absent} does not exist`] });
  assert.deepEqual(locate({ setting: folder }), { lookedAt: [`the setting surefoot.path: ${folder} is not a file`] });
  const plain = program('plain', 0o644);
  assert.deepEqual(locate({ setting: plain }), { lookedAt: [`the setting surefoot.path: ${plain} is not executable`] });
  assert.deepEqual(locate({ setting: 'bin/x' }), { lookedAt: ['the setting surefoot.path: bin/x is not an absolute path'] });
});

test('the copy in the extension comes before the PATH', () => {
  const command = program('extension/bin/surefoot');
  program('path/surefoot');
  const found = locate({ searchPath: path.join(folder, 'path') });
  assert.deepEqual(found, { command, origin: 'the copy in the extension' });
});

test('the first folder of the PATH that has the program is taken', () => {
  program('one/surefoot', 0o644);
  const command = program('two/surefoot');
  program('three/surefoot');
  const searchPath = ['', 'one', 'two', 'three'].map(name => name && path.join(folder, name)).join(path.delimiter);
  assert.deepEqual(locate({ searchPath }), { command, origin: 'the PATH' });
});

test('when there is none, every place is named', () => {
  const found = locate({ searchPath: ['/nowhere', '/neither'].join(path.delimiter) });
  assert.deepEqual(found, {
    lookedAt: [
      'the setting surefoot.path: it is empty',
      `the copy in the extension: ${path.join(folder, 'extension', 'bin', 'surefoot')} does not exist`,
      'the PATH: none of its 2 folders has a program surefoot',
    ],
  });
});
