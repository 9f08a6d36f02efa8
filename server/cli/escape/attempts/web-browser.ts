/** Class 11, third part: hostile pages in a real browser, which sends what browsers send. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { BrowserContext } from '@playwright/test';
import { z } from 'zod';
import { defineAttempt, type Attempt, type Outcome } from '../attempt.ts';
import type { PageStage } from '../stage/stage.ts';
import type { WebSite } from '../stage/web-site.ts';

const of = 'web' as const;

export const webBrowser: Attempt<PageStage>[] = [
  onPageOf(
    'browser-other-port',
    'a page on another port of the same machine, to which the browser gives the cookie',
    (_site, evil) => `http://127.0.0.1:${String(evil)}/`,
  ),
  onPageOf(
    'browser-other-site',
    'a page of another site',
    (_site, evil) => `http://evil.localhost:${String(evil)}/`,
  ),
  onPageOf(
    'browser-preview-name',
    "a page under a name like a preview's",
    (site, evil) => `http://8080-${site.victim.lab}.localhost:${String(evil)}/`,
  ),
];

function onPageOf(
  id: string,
  what: string,
  address: (site: WebSite, evil: number) => string,
): Attempt<PageStage> {
  return defineAttempt({
    id,
    class: of,
    title: `${what}: read, change and frame the site, open its sockets`,
    why: 'The site tells its own pages by their Origin, the browser keeps its answers from others, and nobody may frame it.',
    timeoutMs: 60_000,
    run: (stage) => visit(stage, address),
    control: (stage) => visit(stage, (site) => `${site.origin}/`),
  });
}

/** All that a page can try; each says whether it worked. */
const tries = (site: WebSite): string => `(async () => {
  const site = ${JSON.stringify(site.origin)}, lab = ${JSON.stringify(site.victim.lab)};
  const worked = [];
  const attempt = async (name, act) => { try { if (await act()) worked.push(name); } catch {} };
  await attempt('read labs', async () => (await (await fetch(site + '/api/labs', { credentials: 'include' })).text()).includes(lab));
  await attempt('post', async () => (await fetch(site + '/api/labs/' + lab + '/extend', { method: 'POST', credentials: 'include' })).ok);
  await attempt('blind post', async () => { await fetch(site + '/api/labs/' + lab + '/hints', { method: 'POST', mode: 'no-cors', credentials: 'include' }); return false; });
  for (const path of ['/api/labs/' + lab + '/terminals/6?cols=80&rows=24', '/api/events'])
    await attempt('socket ' + path.split('/').at(-1), () => new Promise((resolve) => { const socket = new WebSocket(site.replace('http', 'ws') + path); socket.onopen = () => { socket.close(); resolve(true); }; socket.onerror = () => resolve(false); setTimeout(() => resolve(false), 4000); }));
  await attempt('events', () => new Promise((resolve) => { const events = new EventSource(site + '/api/labs/' + lab + '/events', { withCredentials: true }); events.onmessage = events.onopen = () => { events.close(); resolve(true); }; events.onerror = () => { events.close(); resolve(false); }; setTimeout(() => resolve(false), 4000); }));
  await attempt('script', () => new Promise((resolve) => { const script = document.createElement('script'); script.src = site + '/api/labs'; script.onload = () => resolve(false); script.onerror = () => resolve(false); document.body.append(script); setTimeout(() => resolve(false), 3000); }));
  return worked;
})()`;

async function visit(
  stage: PageStage,
  address: (site: WebSite, evil: number) => string,
): Promise<Outcome> {
  const [site, browser] = await Promise.all([stage.web(), stage.browser()]);
  await using evil = await serveEvil();
  await using context = await browser.newContext();
  await asVictim(context, site);
  const page = await context.newPage();
  await page.goto(address(site, evil.port));
  const before = await hintsTaken(site);
  const worked = z.array(z.string()).parse(await page.evaluate(tries(site)));
  if ((await hintsTaken(site)) > before) worked.push('a blind post was obeyed');
  if (await frames(page, site)) worked.push('frame');
  return {
    reached: worked.length > 0,
    seen: worked.length > 0 ? `worked: ${worked.join(', ')}` : 'nothing worked',
  };
}

async function asVictim(context: BrowserContext, site: WebSite): Promise<void> {
  const [name = '', value = ''] = site.victim.cookie.split('=');
  await context.addCookies([{ name, value, url: site.origin, httpOnly: true, sameSite: 'Strict' }]);
}

async function hintsTaken(site: WebSite): Promise<number> {
  const { body } = await site.ask({
    path: `/api/labs/${site.victim.lab}`,
    headers: { cookie: site.victim.cookie },
  });
  return z.looseObject({ hints: z.array(z.unknown()) }).parse(JSON.parse(body)).hints.length;
}

/** Whether the site shows itself in a frame of the page. */
async function frames(page: import('@playwright/test').Page, site: WebSite): Promise<boolean> {
  await page.evaluate(
    `(() => { const frame = document.createElement('iframe'); frame.src = ${JSON.stringify(`${site.origin}/`)}; document.body.append(frame); })()`,
  );
  await page.waitForTimeout(1_000);
  const texts = await Promise.all(
    page
      .frames()
      .slice(1)
      .map((frame) => frame.textContent('body').catch(() => '')),
  );
  return texts.some((text) => text?.includes('the site'));
}

async function serveEvil(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((_request, response) => {
    response
      .setHeader('content-type', 'text/html')
      .end('<!doctype html><title>evil</title><body>evil</body>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
