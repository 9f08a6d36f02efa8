/** The site's own terminal screen on a page of its own, fed with bytes as a lab would print them. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page, Browser } from '@playwright/test';
import { z } from 'zod';

export interface TerminalPage extends AsyncDisposable {
  page: Page;
  /** Runs an expression in the page. */
  run: (expression: string) => Promise<unknown>;
}

const root = join(import.meta.dirname, '..', '..', '..', '..');
const screenFile = join(root, 'src', 'components', 'dock', 'terminal-screen.ts');

/** `screen` is what the site has; `careless` is a terminal that does all that it is told to. */
const harness = `
import { TerminalScreen } from ${JSON.stringify(screenFile)};
import { Terminal } from '@xterm/xterm';
Object.assign(window, { sent: [], titles: [], opened: [], carelessSent: [] });
window.open = (address) => { window.opened.push(String(address)); return null; };
const bytes = (text) => new TextEncoder().encode(text);
const screen = new TerminalScreen(document.getElementById('screen'), {
  lab: 'laaaaaaaaaaa', label: 'Terminal', fontSize: 14, reader: false, key: () => false, resized: () => {},
  input: (data) => window.sent.push(typeof data === 'string' ? data : String.fromCharCode(...data)),
  titled: (title) => { window.titles.push(title); document.getElementById('title').textContent = title; },
});
window.feed = (text) => new Promise((resolve) => screen.write(bytes(text), resolve));
window.replay = () => screen.startReplay({ cols: 80, rows: 24 });
window.live = (controls) => { screen.endReplay(); screen.control(controls); return new Promise((resolve) => setTimeout(resolve, 300)); };
window.size = () => JSON.stringify(screen.size);
window.careless = (text) => new Promise((resolve) => {
  const terminal = new Terminal({ allowProposedApi: true, cols: 80, rows: 24, windowOptions: { getWinTitle: true, setWinSizeChars: true } });
  terminal.onData((data) => window.carelessSent.push(data));
  terminal.onTitleChange((title) => { document.getElementById('title').innerHTML = title; });
  terminal.parser.registerOscHandler(52, (data) => { void navigator.clipboard.writeText(atob(data.split(';')[1])); return true; });
  terminal.parser.registerOscHandler(8, (data) => { const address = data.split(';')[1]; if (address) window.open(address); return true; });
  terminal.parser.registerCsiHandler({ final: 't' }, (params) => { window.carelessSize = params; return true; });
  terminal.parser.registerCsiHandler({ prefix: '>', final: 'q' }, () => { window.carelessSent.push(document.getElementById('title').textContent); return true; });
  terminal.open(document.getElementById('careless'));
  terminal.write(bytes(text), () => setTimeout(resolve, 200));
});
window.isReady = true;
`;

export async function openTerminalPage(browser: Browser): Promise<TerminalPage> {
  const folder = mkdtempSync(join(root, '.escape-terminal-'));
  const out = mkdtempSync(join(tmpdir(), 'drydock-escape-terminal-'));
  await using made = new AsyncDisposableStack();
  made.defer(() => {
    for (const dir of [folder, out]) rmSync(dir, { recursive: true, force: true });
  });
  writeFileSync(join(folder, 'harness.ts'), harness);
  // Only where there is a browser.
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: folder,
    logLevel: 'error',
    build: {
      outDir: out,
      emptyOutDir: true,
      lib: { entry: join(folder, 'harness.ts'), formats: ['es'], fileName: 'harness' },
    },
  });
  // What the page loads only when it needs it is a file of its own.
  const scripts = new Map(
    readdirSync(out, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .map((name) => [`/${name}`, readFileSync(join(out, name))]),
  );
  const server = createServer((request, response) => {
    const script = scripts.get(request.url ?? '');
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(script ?? document);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  made.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const origin = `http://127.0.0.1:${String(port)}`;
  const context = made.use(
    await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] }),
  );
  const page = await context.newPage();
  await page.goto(origin);
  await page.waitForFunction('window.isReady === true', undefined, { timeout: 15_000 });
  const all = made.move();
  return {
    page,
    run: (expression) => page.evaluate(expression),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

const document = `<!doctype html><title>terminal</title><style>#screen { width: 800px; height: 400px }</style>
<p id="title"></p><div id="screen"></div><div id="careless"></div><script type="module" src="/harness.js"></script>`;
