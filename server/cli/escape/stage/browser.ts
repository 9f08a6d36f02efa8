/** A real browser, started once: Debian's Chromium, as the browser tests use it. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from '@playwright/test';

const executablePath = '/usr/bin/chromium';
const quiet = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(`There is no ${executablePath}; install the package chromium.`);
  return chromium.launch({ executablePath, args: quiet });
}
