/**
 * Class 10: escape sequences aimed at whoever looks at the terminal. They are fed to the site's own screen in a real
 * browser; the control is a terminal that does all it is told.
 */
import type { Page } from '@playwright/test';
import { defineAttempt, type Attempt, type Outcome } from '../attempt.ts';
import type { PageStage } from '../stage/stage.ts';

const of = 'terminal' as const;
const esc = '\u001b';
const bell = '\u0007';
const token = 'planted-by-the-lab';

/** Everything a terminal may be asked to answer: what it is, where its cursor is, its colours, its title, its settings. */
const queries = [
  ...[
    '[c',
    '[>c',
    '[=c',
    '[5n',
    '[6n',
    '[?6n',
    '[?15n',
    '[?25n',
    '[?26n',
    '[x',
    '[>q',
    '[21t',
    '[20t',
    '[18t',
    '[14t',
  ],
  ...[
    '[?2026$p',
    '[4$p',
    'P$qm\u001b\\',
    'P$q"p\u001b\\',
    'P+q544e\u001b\\',
    ']4;1;?\u0007',
    ']10;?\u0007',
    ']11;?\u0007',
  ],
].map((sequence) => `${esc}${sequence}`);

export const terminalSequences: Attempt<PageStage>[] = [
  defineAttempt({
    id: 'terminal-clipboard',
    class: of,
    title: "write the viewer's clipboard (OSC 52)",
    why: 'No part of the screen that handles OSC 52 is loaded: the clipboard is for keys and clicks alone.',
    run: (stage) =>
      onPage(stage, async (run) => {
        await run(`live(true)`);
        await run(`navigator.clipboard.writeText('before')`);
        await run(
          `feed(${JSON.stringify(`${esc}]52;c;${btoa(token)}${bell}${esc}]52;p;${btoa(token)}${esc}\\`)})`,
        );
        const text = String(
          await run(
            `new Promise((resolve) => setTimeout(resolve, 300)).then(() => navigator.clipboard.readText())`,
          ),
        );
        return { reached: text !== 'before', seen: `the clipboard holds: ${text}` };
      }),
    control: (stage) =>
      onPage(stage, async (run) => {
        await run(`careless(${JSON.stringify(`${esc}]52;c;${btoa(token)}${bell}`)})`);
        const text = String(
          await run(
            `new Promise((resolve) => setTimeout(resolve, 300)).then(() => navigator.clipboard.readText())`,
          ),
        );
        return { reached: text === token, seen: `the clipboard holds: ${text}` };
      }),
  }),
  defineAttempt({
    id: 'terminal-answerback',
    class: of,
    title:
      "have the viewer's terminal type a command by asking it for its title, status or settings",
    why: 'Its answers are of fixed forms: none holds what a program chose, and none ends a line.',
    run: (stage) =>
      onPage(stage, async (run) => {
        await run(`live(true)`);
        const title = `${esc}]2;${token}\r${bell}${esc}]0;${token}\n${bell}`;
        await run(`feed(${JSON.stringify(title + queries.join('') + '\u0005')})`);
        const sent = (await sentBy(run, 'sent')).join('');
        const bad = sent.includes(token) || /[\r\n]/.test(sent);
        return {
          reached: bad,
          seen: bad
            ? `it typed ${JSON.stringify(sent)}`
            : `${String(sent.length)} characters of answers, all of fixed forms`,
        };
      }),
    control: (stage) =>
      onPage(stage, async (run) => {
        await run(`careless(${JSON.stringify(`${esc}]2;${token}${bell}${esc}[>q`)})`);
        const sent = (await sentBy(run, 'carelessSent')).join('');
        return {
          reached: sent.includes(token),
          seen: 'a terminal that tells its title types what the lab chose',
        };
      }),
  }),
  defineAttempt({
    id: 'terminal-replay-answers',
    class: of,
    title: 'have each reload, and each viewer, answer the queries of a lab once more',
    why: 'During replay, and for who only watches, nothing leaves the screen.',
    run: (stage) =>
      onPage(stage, async (run) => {
        await run(`replay(); feed(${JSON.stringify(queries.join(''))}).then(() => live(false))`);
        await run(`feed(${JSON.stringify(queries.join(''))})`);
        const sent = await sentBy(run, 'sent');
        return { reached: sent.length > 0, seen: `${String(sent.length)} answers` };
      }),
    control: (stage) =>
      onPage(stage, async (run) => {
        await run(`live(true)`);
        await run(`feed(${JSON.stringify(queries.join(''))})`);
        const sent = await sentBy(run, 'sent');
        return {
          reached: sent.length > 0,
          seen: `live and in control there are ${String(sent.length)} answers`,
        };
      }),
  }),
  defineAttempt({
    id: 'terminal-title',
    class: of,
    title: 'put markup, control and direction characters into the page by the title',
    why: 'A title becomes text of sixty characters at most, without control and direction marks.',
    run: (stage) =>
      onPage(stage, async (run) => {
        await run(`live(true)`);
        await run(
          `feed(${JSON.stringify(`${esc}]0;<img src=x onerror="window.ran=1">\u202e${'x'.repeat(5000)}${bell}`)})`,
        );
        await run(`new Promise((resolve) => setTimeout(resolve, 300))`);
        const title = String(await run(`titles.at(-1) ?? ''`));
        const ran = (await run('window.ran === 1')) === true;
        return {
          reached: ran || title.length > 60 || title.includes('\u202e'),
          seen: `${String(title.length)} characters of text`,
        };
      }),
    control: (stage) =>
      onPage(stage, async (run) => {
        await run(
          `careless(${JSON.stringify(`${esc}]0;<img src=x onerror="window.ran=1">${bell}`)})`,
        );
        await run(`new Promise((resolve) => setTimeout(resolve, 500))`);
        return {
          reached: (await run('window.ran === 1')) === true,
          seen: 'a page that takes it as markup runs it',
        };
      }),
  }),
  defineAttempt({
    id: 'terminal-links',
    class: of,
    title:
      'have a click open javascript:, data: and file: addresses, or one that its text does not show (OSC 8)',
    why: 'Only web addresses open, only at Ctrl-click, and a set link only after the address was shown and agreed to.',
    run: (stage) =>
      onPage(stage, async (run, page) => {
        await run(`live(true)`);
        const links = [
          'https://evil.example/',
          'javascript:window.ran=1',
          'data:text/html,x',
          'file:///etc/passwd',
        ].map((address) => `${esc}]8;;${address}${esc}\\click-here${esc}]8;;${esc}\\\r\n`);
        await run(`feed(${JSON.stringify(`${esc}[H${esc}[2J${links.join('')}`)})`);
        const asked: string[] = [];
        for (const line of [0, 1, 2, 3]) {
          for (const keys of [[], ['Control' as const]]) {
            asked.push(await clickLine(page, line, keys));
          }
        }
        if (!asked.some((words) => words.includes('evil.example')))
          throw new Error(`No click met a link: ${asked.join('; ')}`);
        await run(`new Promise((resolve) => setTimeout(resolve, 300))`);
        const opened = await sentBy(run, 'opened');
        return {
          reached: opened.length > 0 || (await run('window.ran === 1')) === true,
          seen: opened.length > 0 ? `opened ${opened.join(' ')}` : 'nothing opened by itself',
        };
      }),
    control: (stage) =>
      onPage(stage, async (run) => {
        await run(
          `careless(${JSON.stringify(`${esc}]8;;javascript:window.ran=1${esc}\\click${esc}]8;;${esc}\\`)})`,
        );
        const opened = await sentBy(run, 'opened');
        return {
          reached: opened.some((address) => address.startsWith('javascript:')),
          seen: 'a terminal that opens what it is told opens it',
        };
      }),
  }),
  defineAttempt({
    id: 'terminal-window',
    class: of,
    title: "change the viewer's terminal: its size, its window, its other screen",
    why: 'Orders to the window are off; the size is what the page has room for.',
    run: (stage) =>
      onPage(stage, async (run) => {
        await run(`live(true)`);
        const before = await run('size()');
        await run(
          `feed(${JSON.stringify(`${esc}[8;500;1000t${esc}[4;10;10t${esc}[2t${esc}[9;1t${esc}[?3h${esc}[?40h`)})`,
        );
        const after = await run('size()');
        return { reached: before !== after, seen: `the size is ${String(after)}` };
      }),
    control: (stage) =>
      onPage(stage, async (run) => {
        await run(`careless(${JSON.stringify(`${esc}[8;500;1000t`)})`);
        return {
          reached: String(await run('String(window.carelessSize)')).includes('500'),
          seen: 'a terminal that obeys takes the size',
        };
      }),
  }),
  defineAttempt({
    id: 'terminal-endless-sequence',
    class: of,
    title: 'print 60 MB of sequences that never end (OSC, DCS, an image)',
    why: 'The parser drops a sequence that grows past its bound, and the page goes on.',
    timeoutMs: 60_000,
    run: (stage) =>
      onPage(stage, async (run, page) => {
        await run(`live(true)`);
        const before = await heapOf(page);
        let most = 0;
        for (const start of [']0;', 'P+q', ']1337;File=']) {
          await run(`feed(${JSON.stringify(esc + start)})`);
          await run(
            `(async () => { for (let n = 0; n < 20; n += 1) await feed('x'.repeat(1 << 20)); })()`,
          );
          most = Math.max(most, (await heapOf(page)) - before);
          await run(`feed(${JSON.stringify(`${bell}${esc}\\`)})`);
        }
        const title = String(await run(`titles.at(-1) ?? ''`));
        return {
          reached: most > maxHeldBytes || title.length > 60,
          seen: `the page holds ${(most / 1024 ** 2).toFixed(0)} MiB more at most, and goes on`,
        };
      }),
    control: (stage) =>
      onPage(stage, async (run, page) => {
        const before = await heapOf(page);
        await run(
          `(() => { window.held = Array.from({ length: 60 }, (_, n) => Array.from({ length: 1 << 20 }, (_, i) => i * 1.5 + n)); })()`,
        );
        const held = (await heapOf(page)) - before;
        return {
          reached: held > maxHeldBytes,
          seen: `a reader that keeps what comes holds ${(held / 1024 ** 2).toFixed(0)} MiB`,
        };
      }),
  }),
];

/** What the page asks before it opens anything; the question is left unanswered. */
async function clickLine(page: Page, line: number, modifiers: 'Control'[]): Promise<string> {
  const screen = page.locator('#screen .xterm-screen');
  const box = await screen.boundingBox();
  const size: unknown = await page.evaluate('size()');
  const rows = Number(/"rows":(\d+)/.exec(String(size))?.[1] ?? 24);
  const y = ((box?.height ?? 0) / rows) * (line + 0.5);
  await screen.hover({ position: { x: 30, y } });
  await page.waitForTimeout(250);
  await screen.click({ position: { x: 40, y }, modifiers });
  await page.waitForTimeout(250);
  const words = await page.locator('dialog[open]').allTextContents();
  await page.keyboard.press('Escape');
  return words.join(' ').replace(/\s+/g, ' ').trim();
}

const maxHeldBytes = 100 * 1024 ** 2;

/** What is left of it once all that can be is collected. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

type Run = (expression: string) => Promise<unknown>;

async function onPage(
  stage: PageStage,
  act: (run: Run, page: Page) => Promise<Outcome>,
): Promise<Outcome> {
  await using opened = await stage.terminalPage();
  return await act(opened.run, opened.page);
}

async function sentBy(run: Run, name: string): Promise<string[]> {
  const list = await run(`window.${name}`);
  return Array.isArray(list) ? list.map(String) : [];
}
