import { expect, test } from './fixtures.ts';
import { ScenarioPage } from './scenario-page.ts';

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

test('opens a new shell beside those of another browser tab, and finds them all later', async ({
  page,
  context,
  scenario,
}) => {
  await scenario.open(dns);
  await scenario.start();
  const tabs = scenario.terminal.getByRole('tab');
  await scenario.terminal.getByRole('button', { name: 'New terminal' }).click();
  await expect(tabs).toHaveCount(2);

  const other = new ScenarioPage(await context.newPage());
  await other.open(dns);
  await other.ready();
  await expect(other.terminal.getByRole('tab')).toHaveCount(2);
  await scenario.terminal.getByRole('button', { name: 'New terminal' }).click();
  await expect(tabs).toHaveCount(3);
  await other.terminal.getByRole('button', { name: 'New terminal' }).click();
  await expect(other.terminal.getByRole('tab', { selected: true })).toContainText('4');
  await expect(page.getByText('Another page types here')).toBeHidden();
});

test('reads in the dock why there is no ninth terminal, and that nothing is selected', async ({
  scenario,
}) => {
  await scenario.open(dns);
  await scenario.start();
  const { terminal } = scenario;
  await terminal.getByRole('button', { name: /Copy/ }).click();
  await expect(terminal.getByText('Nothing is selected.')).toBeVisible();
  const plus = terminal.getByRole('button', { name: 'New terminal' });
  for (let count = 2; count <= 8; count += 1) {
    await plus.click();
    await expect(terminal.getByRole('tab')).toHaveCount(count);
  }
  await expect(plus).toBeDisabled();
  await plus.click({ force: true });
  await expect(terminal.getByText('at most 8 terminals')).toBeVisible();
});

test('crosses over from a hidden terminal with the keyboard alone', async ({ page, scenario }) => {
  await scenario.open(dns);
  await scenario.start();
  await scenario.terminal.getByRole('button', { name: 'Hide the terminal' }).click();
  await expect(scenario.terminal).toBeHidden();
  await page.keyboard.press('Control+Backquote');
  await expect(page.getByRole('textbox', { name: 'Terminal 1' })).toBeFocused();
  await page.keyboard.press('Control+Backquote');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

test('sees whose terminal it is on the page of another scenario', async ({ page, scenario }) => {
  await scenario.open(dns);
  await scenario.start();
  const owner = scenario.terminal.getByRole('link', { name: /The guestbook cannot find/ });
  await expect(owner).toHaveText(/^The guestbook/);
  await scenario.open('volumes/permission-denied');
  await expect(owner).toHaveText(/^Terminal of: The guestbook/);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(owner).toBeVisible();
});

test('sees the checks while typing on a phone', async ({ page, scenario }) => {
  await scenario.open(dns);
  await scenario.start();
  await page.setViewportSize({ width: 390, height: 844 });
  const ticks = scenario.terminal.getByRole('link', { name: /of 7 checks pass/ });
  await expect(ticks).toBeInViewport();
  await ticks.click();
  await expect(page.getByRole('region', { name: 'Checks' })).toBeInViewport();
});

test('loses the network, stays on the page, and goes on when it is back', async ({
  page,
  context,
  scenario,
}) => {
  await scenario.open(dns);
  await scenario.start();
  await context.setOffline(true);
  await expect(scenario.terminal.getByText('Connection lost')).toBeVisible();
  await expect(page.getByText('The server does not answer.')).toBeVisible();
  await page.getByRole('link', { name: 'Scenarios' }).first().click();
  await expect(page.getByRole('alert').getByText('That page cannot be loaded')).toBeVisible();
  await expect(scenario.terminal).toBeVisible();
  await context.setOffline(false);
  await scenario.connected();
  await scenario.type('echo "back with $((6 * 7))"');
  await scenario.sees(/back with 42/);
  await page.getByRole('link', { name: 'Scenarios' }).first().click();
  await expect(page).toHaveURL(/\/scenarios\/$/);
});

test('types before the terminal is live, and finds it in the shell', async ({ page, scenario }) => {
  await scenario.open(dns);
  await scenario.start();
  await page.routeWebSocket(/\/terminals\//, (socket) => {
    socket.connectToServer().onMessage((message) => {
      setTimeout(() => socket.send(message), 1500);
    });
  });
  await page.reload();
  await scenario.type('echo "typed ahead $((6 * 7))"');
  await scenario.sees(/typed ahead 42/);
});

test('closes the page that types, and types in the one that stays', async ({
  page,
  context,
  scenario,
}) => {
  await scenario.open(dns);
  await scenario.start();
  const other = new ScenarioPage(await context.newPage());
  await other.open(dns);
  await other.ready();
  await expect(other.terminal.getByText('you watch')).toBeVisible();
  await page.close();
  await expect(other.terminal.getByText('you watch')).toBeHidden();
  await other.type('echo "mine with $((6 * 7))"');
  await other.sees(/mine with 42/);
});

test('finds a word in the terminal while typing it, and ends a terminal on its tab', async ({
  page,
  scenario,
}) => {
  await scenario.open(dns);
  await scenario.start();
  const { terminal } = scenario;
  await scenario.type('printf "%s\\n" needle-1 needle-2 needle-3 | sed s/needle/haystack/');
  await scenario.sees(/haystack-3/);
  await terminal.getByRole('button', { name: /Find in the terminal/ }).click();
  await page.keyboard.type('haystack-');
  await expect(terminal.getByText('3 of 3')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(terminal.getByText('2 of 3')).toBeVisible();
  await page.keyboard.press('Escape');

  await terminal.getByRole('button', { name: 'New terminal' }).click();
  const second = terminal.getByRole('tab', { name: /^2/ });
  await expect(second).toContainText('~');
  await terminal.locator('.xterm-helper-textarea').nth(1).focus();
  await page.keyboard.type('sleep 1000\n');
  await expect(second).toContainText('sleep 1000');
  await second.press('Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
  await expect(second).toBeHidden();
  await expect(terminal.getByRole('tab')).toHaveCount(1);
});
