import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './fixtures.ts';

const dns = 'networking/dns-default-bridge';

test('ends a learner’s lab with a message, by keyboard, and drains the server', async ({
  page,
  context,
  scenario,
}) => {
  await scenario.open(dns);
  await scenario.start();
  const operator = await context.newPage();
  await operator.goto('/operator/');
  const row = operator.getByRole('row').filter({ hasText: dns });
  await expect(row).toContainText('MiB of');
  await expect(row).toContainText('ready');

  await row.getByRole('button', { name: /^End/ }).press('Enter');
  await operator.getByLabel('Message to the learner').fill('The machine moves.');
  await operator.getByRole('button', { name: 'End the lab' }).press('Enter');
  await expect(row).toContainText('stopped');
  await expect(
    page.getByText('The operator ended this lab: The machine moves.').first(),
  ).toBeVisible();

  await operator.getByRole('button', { name: 'Drain …' }).press('Enter');
  await operator.getByRole('dialog').getByRole('button', { name: 'Drain' }).press('Enter');
  await expect(operator.getByText(/^Draining since/)).toBeVisible();
  try {
    await page.goto('/scenarios/images/tag-does-not-exist/').catch(() => undefined);
    await scenario.open(dns);
    expect((await page.request.post('/api/labs', { data: { scenario: dns } })).status()).toBe(503);
  } finally {
    await operator.getByRole('button', { name: 'Start labs again' }).click();
  }
  await expect(operator.getByText(/^New labs are started/)).toBeVisible();
  const { violations } = await new AxeBuilder({ page: operator }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});
