import { defineConfig } from '@playwright/test';

/**
 * A server that runs behind a proxy: `SITE_URL` is where the browser finds it, by names that lead to this machine, and
 * `CERTIFICATE_PIN` the one key that it accepts for them. `proxies.sh` and `compose.sh` start both.
 */
export default defineConfig({
  testDir: '.',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: 'list',
  outputDir: '../../test-results/deploy',
  use: {
    baseURL: process.env['SITE_URL'] ?? '',
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--host-resolver-rules=MAP *.example.org 127.0.0.1, MAP *.example.net 127.0.0.1',
        `--ignore-certificate-errors-spki-list=${process.env['CERTIFICATE_PIN'] ?? ''}`,
      ],
    },
  },
});
