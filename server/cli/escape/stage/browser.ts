/** A real browser, started once: Debian's Chromium, as the browser tests use it. */
import { existsSync } from 'node:fs';
import type { Browser } from '@playwright/test';

const executablePath = '/usr/bin/chromium';
const quiet = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(`There is no ${executablePath}; install the package chromium.`);
  // Not everywhere that attempts are made has it: a lab host's container has no browser.
  const { chromium } = await import('@playwright/test');
  return chromium.launch({ executablePath, args: quiet });
}
