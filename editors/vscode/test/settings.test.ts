import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { serverSettings } from '../src/settings.ts';

test('what is null is not sent: it would be no setting of the user', () => {
  assert.deepEqual(serverSettings({ profile: null, select: null }), {});
});

test('what is set is sent, an empty list too, and also a key that has no entry in the manifest', () => {
  const set = { profile: 'strict', select: ['RT'], ignore: [], severity: { RT101: 'error' } };
  assert.deepEqual(serverSettings({ ...set, extendSelect: null }), set);
});

test("the extension's own settings stay here", () => {
  assert.deepEqual(serverSettings({ path: '/bin/surefoot', args: ['-v'], trace: { server: 'off' } }), {});
});

test('every rule setting defaults to null in the manifest, which means: as the project says', () => {
  const manifest = JSON.parse(fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const properties = manifest.contributes.configuration.properties;
  for (const key of ['profile', 'select', 'extendSelect', 'ignore']) assert.equal(properties[`surefoot.${key}`].default, null);
});
