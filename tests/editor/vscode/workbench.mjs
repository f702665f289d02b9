// VS Code in a browser, as a user sees it. The selectors belong to the version that vscode-tools/package-lock.json pins.
import { createRequire } from 'node:module';
import path from 'node:path';

const { CHROMIUM, MODULES, SCREENSHOTS } = process.env;
const { chromium } = createRequire(path.join(MODULES, 'x.js'))('playwright-core');
const begin = Date.now();
/** First start of the extension host included, on a slow and busy machine. */
const patience = 60_000;

export class Workbench {
  foreignHosts = new Set();
  errors = [];

  static async open(address, folder) {
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'],
    });
    const code = new Workbench();
    code.browser = browser;
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.route(url => /^https?:$/.test(url.protocol) && url.hostname !== '127.0.0.1', route => {
      code.foreignHosts.add(new URL(route.request().url()).hostname);
      return route.abort();
    });
    code.page = await context.newPage();
    code.page.setDefaultTimeout(patience);
    code.page.on('pageerror', error => code.errors.push(String(error)));
    await code.page.goto(`${address}/?folder=${encodeURIComponent(folder)}`);
    await code.page.locator('.monaco-workbench').waitFor();
    code.say(`VS Code is up in Chromium ${browser.version()}`);
    return code;
  }

  close() { return this.browser.close(); }

  say(words) { console.log(`${((Date.now() - begin) / 1000).toFixed(1).padStart(5)} s  ${words}`); }

  check(condition, words) {
    if (!condition) throw new Error(`not so: ${words}`);
    this.say(`ok   ${words}`);
  }

  async until(words, condition) {
    const end = Date.now() + patience;
    while (!await condition()) {
      if (Date.now() > end) throw new Error(`not so in ${patience / 1000} s: ${words}`);
      await this.page.waitForTimeout(50);
    }
    this.say(`ok   ${words}`);
  }

  picture(name) { return this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) }); }
  press(keys) { return this.page.keyboard.press(keys); }

  /** Tries again until it works: keys that arrive while VS Code moves the focus are lost. */
  async insist(attempt) {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        if (tries === 5) throw error;
        await this.press('Escape');
      }
    }
  }

  // --- the editor ---

  get editor() { return this.page.locator('.editor-instance .monaco-editor').first(); }

  async openFile(name) {
    const row = this.page.locator('.explorer-folders-view').getByText(name);
    await row.waitFor();
    await this.insist(async () => {
      await row.dblclick(); // once would open a preview
      await this.editor.locator('.view-line').first().waitFor({ timeout: 5000 });
    });
  }

  async focusEditor() {
    await this.insist(async () => {
      await this.editor.locator('.view-line').first().click();
      await this.page.locator('.editor-instance .monaco-editor.focused').waitFor({ timeout: 3000 });
    });
  }

  squiggles() { return this.editor.locator('.squiggly-warning').count(); }

  /** All lines; they have to fit into the window. */
  async text() {
    const lines = await this.editor.locator('.view-line').evaluateAll(nodes =>
      nodes.map(node => [parseFloat(node.style.top), node.textContent.replaceAll('\u00a0', ' ')]));
    return lines.sort(([a], [b]) => a - b).map(([, text]) => text).join('\n');
  }

  async untitled(language, text) {
    await this.command('File: New Untitled Text File');
    await this.page.locator('.tab.active', { hasText: 'Untitled-1' }).waitFor();
    await this.command('Change Language Mode');
    await this.pick(language);
    await this.focusEditor();
    await this.page.keyboard.insertText(text);
  }

  // --- problems and their fixes ---

  problemRow(words) { return this.page.locator('.markers-panel .monaco-list-row', { hasText: words }); }

  async showProblems() {
    const panel = this.page.locator('.markers-panel');
    if (!await panel.isVisible()) await this.command('Problems: Focus on Problems View');
    await panel.waitFor();
  }

  async problem(words) {
    await this.showProblems();
    await this.problemRow(words).waitFor();
    return (await this.problemRow(words).innerText()).replace(/\s+/g, ' ');
  }

  /** The rows of the Problems panel but for the file's own. */
  async problems() { return await this.page.locator('.markers-panel .monaco-list-row').count() - 1; }

  async noProblems() {
    await this.showProblems();
    await this.page.locator('.markers-panel', { hasText: 'No problems have been detected' }).waitFor();
    this.say('ok   the Problems panel is empty');
  }

  async goToProblem(words) {
    await this.insist(async () => {
      // Not anywhere in the row: it has a light bulb and a link to the rule's page.
      await this.problemRow(words).locator('.details-container .marker-message, .highlightedlabel, .message').first().dblclick();
      await this.page.locator('.editor-instance .monaco-editor.focused').waitFor({ timeout: 3000 });
    });
  }

  quickFix(title) { return this.page.locator('.action-widget .monaco-list-row', { hasText: title }); }

  async openQuickFixMenu(title) {
    await this.insist(async () => {
      await this.press('Control+.');
      await this.quickFix(title).first().waitFor({ timeout: 3000 });
    });
    const rows = await this.page.locator('.action-widget .monaco-list-row').allInnerTexts();
    return rows.map(row => row.trim()).filter(row => row !== '');
  }

  chooseQuickFix(title) { return this.quickFix(title).first().click(); }

  // --- commands, output, messages ---

  choice(words) { return this.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${words}"]`).first(); }

  async pick(words) {
    const input = this.page.locator('.quick-input-widget input');
    await input.waitFor({ timeout: 5000 });
    await input.fill(words);
    await this.choice(words).click({ timeout: 5000 });
  }

  /** Runs a command by the command palette. */
  async command(title) {
    await this.insist(async () => {
      await this.press('F1');
      const input = this.page.locator('.quick-input-widget input');
      await input.waitFor({ timeout: 5000 });
      await input.fill(`>${title}`);
      await this.choice(title).click({ timeout: 5000 });
      // Gone, or a question of the command's own.
      await this.page.locator('.quick-input-widget .input[placeholder^="Type the name of a command"]')
        .waitFor({ state: 'hidden', timeout: 5000 });
    });
  }

  async output() {
    const text = await this.page.locator('.output-view .view-lines, .output-view-container .view-lines').allInnerTexts();
    return text.join('\n').replaceAll('\u00a0', ' ');
  }

  toast(words) { return this.page.locator('.notification-toast', { hasText: words }); }

  async notification(words) {
    await this.toast(words).waitFor();
    return (await this.toast(words).innerText()).replace(/\s+/g, ' ');
  }

  async pressNotificationButton(label) {
    await this.page.locator('.notification-toast').getByText(label, { exact: true }).click();
  }

  async settingShown(id) {
    await this.page.locator(`.settings-editor .setting-item-contents`, { hasText: id.replace(/^.*\./, '') }).first().waitFor();
    await this.page.locator('.settings-editor', { hasText: `@id:${id}` }).waitFor();
    this.say(`ok   the setting ${id} is shown`);
  }
}
