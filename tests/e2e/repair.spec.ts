import { readFileSync } from 'node:fs';
import { expect, test } from './fixtures.ts';

const dns = 'networking/dns-default-bridge';
const runDir = process.env['RUN_DIR'] ?? '/run/drydock';

test('repairs a host by typing, sees each tick turn green, and reads the debrief', async ({
  page,
  scenario,
}) => {
  await scenario.open(dns);
  await scenario.start();
  await scenario.fails(/guestbook answers/);
  await scenario.fails(/name service/);
  await scenario.passes(/still holds all visits/);

  await scenario.type('docker ps --format "{{.Names}}"');
  await scenario.sees(/guestbook/);
  await scenario.type('docker network create guestbook');
  await scenario.type('docker network connect guestbook cache');
  await scenario.fails(/guestbook answers/);
  await scenario.type('docker network connect guestbook guestbook');
  await scenario.passes(/name service/);
  await scenario.passes(/guestbook answers/);

  await expect(page.getByText('Solved.', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/^Next: /).first()).toBeVisible();
  await page.getByRole('button', { name: 'Read the debrief' }).click();
  const debrief = page.getByRole('region', { name: 'Debrief' });
  await expect(debrief).toContainText(/default network/i);

  await scenario.end();
  await page.reload();
  await expect(page.getByText('You solved this. No lab runs now.')).toBeVisible();
  await page.getByRole('button', { name: 'Read the debrief' }).click();
  await expect(debrief).toContainText(/default network/i);

  await page.goto('/');
  await expect(page.getByRole('link', { name: /^Go on with / })).toBeVisible();
  await page.goto('/scenarios/');
  await expect(
    page.getByRole('listitem').filter({ hasText: 'The guestbook cannot find its store' }),
  ).toContainText(/solved/i);
});

test('reloads the page and finds the terminal as it was', async ({ page, scenario }) => {
  await scenario.open(dns);
  await scenario.start();
  await scenario.type('colour=teal; echo "the dock is $((40 + 2)) deep"');
  await scenario.sees(/the dock is 42 deep/);
  await page.reload();
  await scenario.ready();
  await scenario.sees(/the dock is 42 deep/);
  await scenario.type('echo "still $colour"');
  await scenario.sees(/still teal/);
});

test('keeps the shell through a kill -9 of the web server', async ({ page, scenario }) => {
  await scenario.open(dns);
  await scenario.start();
  await scenario.type('mark=kept-$((6 * 7)); (sleep 6; echo "woke up as number $((6 * 7))") &');
  // What is on its way when the server is killed is lost with it: the shell has to have the line first.
  await scenario.sees(/\[1\] \d+/);
  const before = Number(readFileSync(`${runDir}/web.pid`, 'utf8'));
  process.kill(before, 'SIGKILL');
  await expect
    .poll(() => Number(readFileSync(`${runDir}/web.pid`, 'utf8')), { timeout: 20_000 })
    .not.toBe(before);
  await scenario.connected();
  await scenario.sees(/woke up as number 42/);
  await scenario.type('echo "mark is $mark"');
  await scenario.sees(/mark is kept-42/);
  await expect(page.getByText('Running. Checks follow what you do.')).toBeVisible();
});

test('takes hints one after another, resets to broken, and ends the lab', async ({
  page,
  scenario,
}) => {
  await scenario.open(dns);
  await scenario.start();
  const hints = page.getByRole('region', { name: 'Hints' });
  await hints.getByRole('button').click();
  await expect(hints.getByRole('listitem')).toHaveCount(1);
  await hints.getByRole('button').click();
  await expect(hints.getByRole('listitem')).toHaveCount(2);

  await scenario.type('docker rm -f kiosk');
  await scenario.fails(/kiosk/i);
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /reset/i }).click();
  await scenario.passes(/kiosk/i);
  await scenario.ready();
  await scenario.end();
});

test('works the bar by keyboard alone, and the focus is never lost', async ({ page, scenario }) => {
  await scenario.open(dns);
  await scenario.start();
  const check = page.getByRole('button', { name: 'Check', exact: true });
  await check.focus();
  const answer = page.waitForResponse(/\/check$/);
  await page.keyboard.press('Enter');
  await answer;
  await expect(check).toBeEnabled();
  await expect(check).toBeFocused();

  await page.getByRole('button', { name: 'End', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'End' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Start the lab' })).toBeVisible();
  await expect(
    page.getByRole('region', { name: 'Lab', exact: true }).locator(':focus'),
  ).toHaveCount(1);
});

test('ends one of the labs that run when there are as many as there may be', async ({
  page,
  request,
  scenario,
}) => {
  for (const id of ['images/stale-after-build', 'running/killed-at-startup'])
    await request.post('/api/labs', { data: { scenario: id } });
  await scenario.open(dns);
  await page.getByRole('button', { name: 'Start the lab' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'as many as you may' })).toBeVisible();
  const labs = page.getByRole('region', { name: 'Your labs' });
  await expect(labs.getByRole('listitem')).toHaveCount(2);
  await labs.getByRole('button', { name: /^End/ }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
  await expect(labs.getByRole('listitem')).toHaveCount(1);
  await scenario.start();

  await page.goto('/scenarios/');
  await expect(labs.getByRole('link')).toHaveCount(2);
  await expect(labs).toContainText('left');
});

test('starts the first lab from the home page in one click', async ({ page, scenario }) => {
  await page.goto('/');
  await page.getByRole('link', { name: /^(Repair the first one|Go on with)/ }).click();
  await scenario.ready();
});

test('opens a web page of the lab as a preview on an origin of its own', async ({
  page,
  context,
  scenario,
}) => {
  await scenario.open(dns);
  await scenario.start();
  const ports = page.getByRole('region', { name: 'Listening ports' });
  await expect(ports.getByRole('button', { name: 'Open port 8081' })).toBeVisible();
  const [preview] = await Promise.all([
    context.waitForEvent('page'),
    ports.getByRole('button', { name: 'Open port 8081' }).click(),
  ]);
  await preview.waitForURL(/\/\/8081-/);
  expect(new URL(preview.url()).hostname).toMatch(/^8081-[a-z0-9]+\.localhost$/);
  await expect(preview.locator('body')).not.toBeEmpty();

  const ticket = page.getByRole('article', { name: 'Ticket' });
  const [again] = await Promise.all([
    context.waitForEvent('page'),
    ticket.getByRole('button', { name: 'http://127.0.0.1:8080/' }).click(),
  ]);
  await again.waitForURL(/\/\/8080-/);
  await expect(ticket.getByRole('link', { name: /127\.0\.0\.1/ })).toHaveCount(0);
});
