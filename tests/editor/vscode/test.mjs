// The steps of the VS Code test; vscode.sh starts it. Exit status 0 when everything is as expected.
import fs from 'node:fs';
import path from 'node:path';
import { Workbench } from './workbench.mjs';

const { ADDRESS, EXPECTED, EXTENSIONS, FIXED, NOTED, PROJECT, RECORDED } = process.env;
const expected = JSON.parse(fs.readFileSync(EXPECTED, 'utf8'));
const file = path.join(PROJECT, 'app.py');
const original = fs.readFileSync(file, 'utf8');
const fixed = fs.readFileSync(FIXED, 'utf8');

/** VS Code sees changes of the project's settings on the disk, but not of the user's. */
function setSettings(change) {
  const list = path.join(PROJECT, '.vscode', 'settings.json');
  const settings = { ...JSON.parse(fs.readFileSync(list, 'utf8')), ...change };
  fs.writeFileSync(list, JSON.stringify(settings, null, 2));
}

/** The processes that run a given program. */
function running(program) {
  return fs.readdirSync('/proc').filter(entry => {
    try {
      return /^\d+$/.test(entry) && fs.readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').includes(program);
    } catch {
      return false;
    }
  });
}

function recorded(name) {
  const list = path.join(RECORDED, name);
  return fs.existsSync(list) ? fs.readFileSync(list, 'utf8').trim().split('\n') : [];
}

async function findAndFix(code) {
  await code.openFile('app.py');
  await code.until('one squiggle', async () => await code.squiggles() === 1);
  const row = await code.problem(expected.message);
  for (const part of [expected.source, expected.code, `[Ln ${expected.line}, Col ${expected.column}]`]) {
    code.check(row.includes(part), `the Problems panel says ${part}: ${row}`);
  }
  code.check(await code.problems() === 1, 'the rule that the settings ignore is silent');
  await code.picture('1-problem');

  await code.goToProblem(expected.message);
  const menu = await code.openQuickFixMenu(expected.title);
  code.say(`     menu: ${menu.join(' | ')}`);
  await code.picture('2-quick-fix');
  await code.chooseQuickFix(expected.title);
  await code.until('the text is right, import included', async () => await code.text() === fixed);
  await code.until('the squiggle is gone', async () => await code.squiggles() === 0);
  await code.noProblems();
  await code.press('Control+S');
  await code.until('the file on disk is exactly that', async () => fs.readFileSync(file, 'utf8') === fixed);
  await code.picture('3-fixed');
}

async function useTheSettingPath(code, bundled) {
  code.check(running(bundled).length === 1, 'the server is the copy in the extension');
  setSettings({ 'surefoot.path': NOTED });
  await code.until('with surefoot.path set, that one is started', async () => recorded('pids').length === 1);
  await code.until('and the other has ended', async () => running(bundled).length === 0);
  await code.focusEditor();
  await code.press('Control+Z');
  await code.until('undo takes the fix back', async () => await code.text() === original);
  await code.until('the squiggle is back', async () => await code.squiggles() === 1);
}

async function changeRules(code) {
  setSettings({ 'surefoot.ignore': ['RT104', expected.code] });
  await code.until('a rule that is ignored from now on falls silent', async () => await code.squiggles() === 0);
  setSettings({ 'surefoot.ignore': ['RT104'] });
  await code.until('and speaks again', async () => await code.squiggles() === 1);
}

async function seeFilesThatAreNotOpen(code) {
  const other = path.join(PROJECT, 'other.py');
  fs.writeFileSync(other, 'import requests\n\n\nasync def view():\n    return requests.get("http://x", timeout=1)\n');
  const row = await code.problem('requests.get');
  code.check(row.includes('RT101') && row.includes('[Ln 5, Col 12]'), `a file that nobody opened is reported: ${row}`);
  await code.picture('3-not-open');
  fs.rmSync(other);
  await code.until('and is no more when it is gone', async () => await code.problemRow('requests.get').count() === 0);
  await code.focusEditor();
}

async function useCommands(code) {
  await code.command('Surefoot: Restart Server');
  await code.until('the restarted server is another', async () => recorded('pids').length === 2);
  await code.until('the first ended with status 0', async () => recorded('statuses').join() === '0');
  await code.until('the squiggle is there again', async () => await code.squiggles() === 1);
  await code.command('Surefoot: Show Output');
  await code.until('the output says what is run', async () => (await code.output()).includes(NOTED));
}

async function editUntitled(code) {
  await code.untitled('Python', 'import time\n\n\nasync def handler():\n    time.sleep(1)\n');
  await code.until('an untitled Python buffer is served too', async () => await code.squiggles() === 1);
  await code.picture('4-untitled');
}

async function missServer(code) {
  setSettings({ 'surefoot.path': '/nonexistent/surefoot' });
  const message = await code.notification('Surefoot found no server');
  code.check(message.includes('surefoot.path: /nonexistent/surefoot does not exist'), `a missing server is named: ${message}`);
  await code.until('and the old one has ended', async () => recorded('statuses').join() === '0,0');
  await code.picture('5-no-server');
  await code.pressNotificationButton('Open Setting');
  await code.settingShown('surefoot.path');
  await code.picture('6-setting');
  setSettings({ 'surefoot.path': NOTED });
  await code.until('with the right program it starts again', async () => recorded('pids').length === 3);
}

const code = await Workbench.open(ADDRESS, PROJECT);
try {
  const installed = fs.readdirSync(EXTENSIONS).find(name => name.startsWith('surefoot.surefoot-'));
  const bundled = path.join(fs.realpathSync(EXTENSIONS), installed, 'bin', 'surefoot');
  await findAndFix(code);
  await useTheSettingPath(code, bundled);
  await changeRules(code);
  await seeFilesThatAreNotOpen(code);
  await useCommands(code);
  await editUntitled(code);
  await missServer(code);
  code.check(code.foreignHosts.size === 0, `no foreign host was asked: ${[...code.foreignHosts]}`);
  code.check(code.errors.length === 0, `no error on the page: ${code.errors}`);
} catch (error) {
  console.error(`FAIL: ${error.stack}`);
  await code.picture('failed').catch(() => {});
  process.exitCode = 1;
} finally {
  await code.close();
}
