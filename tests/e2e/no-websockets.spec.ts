import type { Locator } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { startBlockingProxy } from './no-websockets.ts';

const dns = 'networking/dns-default-bridge';

for (const how of ['answers', 'drops'] as const) {
  test(`repairs a host behind a proxy that lets no WebSocket through and ${how}`, async ({
    page,
    scenario,
    baseURL,
  }) => {
    await using proxy = await startBlockingProxy(baseURL ?? '', how);
    await page.goto(`${proxy.url}/scenarios/${dns}/`);
    await scenario.start();
    await expect(scenario.terminal.getByText('over HTTP ·')).toBeVisible();
    expect(proxy.refused).toBeGreaterThanOrEqual(2);
    await scenario.fails(/guestbook answers/);

    await scenario.type('docker network create guestbook');
    await scenario.type('docker network connect guestbook cache');
    await scenario.type('docker network connect guestbook guestbook');
    await scenario.passes(/guestbook answers/);
    await expect(page.getByText('Solved.', { exact: true })).toBeVisible({ timeout: 60_000 });

    const refused = proxy.refused;
    await page.reload();
    await scenario.readable();
    await scenario.sees(/docker network connect guestbook guestbook/);
    // This browser tab knows by now.
    expect(proxy.refused).toBe(refused);
  });
}

test('keeps the order of many quick keys over HTTP, in two terminals at once', async ({
  page,
  scenario,
  baseURL,
}) => {
  await using proxy = await startBlockingProxy(baseURL ?? '', 'answers');
  await page.goto(`${proxy.url}/scenarios/${dns}/`);
  await scenario.start();
  const { terminal } = scenario;
  await terminal.getByRole('button', { name: 'Two terminals side by side' }).click();
  await expect(terminal.getByRole('tab')).toHaveCount(2);
  const text = Array.from({ length: 60 }, (_, index) => String(index)).join('-');
  for (const at of [0, 1]) {
    await keyed(terminal, at, `cat > /tmp/keys-${String(at)}`);
    await keyed(terminal, at, text);
    await page.keyboard.press('Control+D');
    const sum = `md5sum < /tmp/keys-${String(at)}; printf "%s\\n" "${text}" | md5sum`;
    await keyed(
      terminal,
      at,
      `clear; test "$(${sum.replace(';', ')" = "$(')})" && echo "in $((40 + 2)) order"`,
    );
    await expect(terminal.locator('.xterm-accessibility').nth(at)).toContainText(/in 42 order/);
  }
});

/** As fast as the browser takes them. */
async function keyed(terminal: Locator, at: number, line: string): Promise<void> {
  const input = terminal.locator('.xterm-helper-textarea').nth(at);
  await input.focus();
  await input.page().keyboard.type(`${line}\n`);
}
