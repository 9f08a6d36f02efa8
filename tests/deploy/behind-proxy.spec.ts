import { expect, test as base, type Page } from '@playwright/test';
import { labViewSchema } from '../../server/protocol/api.ts';
import { ScenarioPage } from '../e2e/scenario-page.ts';

const dns = 'networking/dns-default-bridge';

/** By the page, whose browser alone knows where the names lead. */
async function ownLabs(page: Page): Promise<{ id: string }[]> {
  const labs: unknown = await page.evaluate(() =>
    fetch('/api/labs').then((answer) => answer.json()),
  );
  return labViewSchema.array().parse(labs);
}

const test = base.extend<{ scenario: ScenarioPage }>({
  scenario: async ({ page }, use) => {
    await use(new ScenarioPage(page));
    for (const { id } of await ownLabs(page))
      await page.evaluate((lab) => fetch(`/api/labs/${lab}`, { method: 'DELETE' }), id);
  },
});

test('repairs a host by typing, and previews its web app on another origin', async ({
  page,
  context,
  baseURL,
  scenario,
}) => {
  await scenario.open(dns);
  await scenario.start();
  await scenario.fails(/guestbook answers/);
  await scenario.type('docker network create guestbook');
  await scenario.type('docker network connect guestbook cache');
  await scenario.type('docker network connect guestbook guestbook');
  await scenario.passes(/guestbook answers/);
  await expect(page.getByText('Solved.', { exact: true })).toBeVisible({ timeout: 60_000 });

  const ports = page.getByRole('region', { name: 'Listening ports' });
  const [preview] = await Promise.all([
    context.waitForEvent('page'),
    ports.getByRole('button', { name: 'Open port 8080' }).click(),
  ]);
  await preview.waitForURL(/\/\/8080-/);
  const origin = new URL(preview.url());
  expect(origin.hostname).toMatch(/^8080-[a-z0-9]+\.previews\.example\.net$/);
  expect(origin.protocol).toBe(new URL(baseURL ?? '').protocol);
  expect(origin.port).toBe(new URL(baseURL ?? '').port);
  await expect(preview.locator('body')).toContainText(/visit/i);

  const cookies = await context.cookies();
  expect(cookies.filter(({ secure }) => !secure)).toEqual([]);
  const names = new Set(cookies.map(({ domain, name }) => `${domain} ${name}`));
  expect(names.size).toBe(2);
});

test('follows a lab as server-sent events, each when it happens', async ({ page, scenario }) => {
  await scenario.open(dns);
  await scenario.start();
  const [lab] = await ownLabs(page);
  const first = await page.evaluate(async (id) => {
    const answer = await fetch(`/api/labs/${id}/events`);
    const read = await answer.body?.getReader().read();
    const bytes: unknown = read?.value;
    return bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : '';
  }, lab?.id);
  expect(first).toContain('event: state');
});
