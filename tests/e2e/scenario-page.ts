/** A scenario's page as a person uses it. */
import { expect, type Locator, type Page } from '@playwright/test';

export class ScenarioPage {
  readonly page: Page;
  readonly terminal: Locator;

  constructor(page: Page) {
    this.page = page;
    this.terminal = page.getByRole('region', { name: 'Terminal' });
  }

  async open(id: string): Promise<void> {
    await this.page.goto(`/scenarios/${id}/`);
  }

  async start(): Promise<void> {
    await this.page.getByRole('button', { name: 'Start the lab' }).click();
    await this.ready();
  }

  async ready(): Promise<void> {
    await expect(this.page.getByText('Running. Checks follow what you do.')).toBeVisible({
      timeout: 60_000,
    });
    await this.readable();
    await this.sees(/root@lab/);
  }

  /** The screen as text: a canvas says nothing to a test, nor to a screen reader. */
  async readable(): Promise<void> {
    const mode = this.terminal.getByRole('button', { name: 'Screen reader mode' });
    if ((await mode.getAttribute('aria-pressed')) !== 'true') await mode.click();
  }

  async type(line: string): Promise<void> {
    await this.terminal.locator('.xterm-helper-textarea').first().focus();
    await this.page.keyboard.type(line, { delay: 5 });
    await this.page.keyboard.press('Enter');
  }

  async sees(text: RegExp): Promise<void> {
    await expect(this.terminal.locator('.xterm-accessibility').first()).toContainText(text);
  }

  /** What is typed while the line says that the connection is lost goes nowhere. */
  async connected(): Promise<void> {
    await expect(this.terminal.locator('.dock-terminal').first()).toHaveAttribute(
      'data-connection',
      'live',
    );
  }

  check(title: RegExp): Locator {
    return this.page
      .getByRole('region', { name: 'Checks' })
      .getByRole('listitem')
      .filter({ hasText: title });
  }

  async passes(title: RegExp): Promise<void> {
    await expect(this.check(title)).toHaveAttribute('data-status', 'pass', { timeout: 30_000 });
  }

  async fails(title: RegExp): Promise<void> {
    await expect(this.check(title)).toHaveAttribute('data-status', 'fail', { timeout: 30_000 });
  }

  async end(): Promise<void> {
    await this.page.getByRole('button', { name: 'End', exact: true }).click();
    await this.page.getByRole('dialog').getByRole('button', { name: /end/i }).click();
    await expect(this.page.getByRole('button', { name: 'Start the lab' })).toBeVisible();
  }
}
