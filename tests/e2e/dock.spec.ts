import { expect, test } from './fixtures.ts';

const dns = 'networking/dns-default-bridge';

test('finds the terminal open although its script comes late', async ({ page, scenario }) => {
  await scenario.open(dns);
  await scenario.start();
  await page.evaluate(() => sessionStorage.clear());
  await page.route(/\/Dock\.astro[^/]*\.js$/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await scenario.open(dns);
  await scenario.ready();
  await expect(page.getByRole('region', { name: 'Terminal' })).toBeVisible();
});
