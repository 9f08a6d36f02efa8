import { test as base, expect } from '@playwright/test';
import { ScenarioPage } from './scenario-page.ts';

/** Ends every lab that a test left, so that the next finds the machine as this one did. */
export const test = base.extend<{ scenario: ScenarioPage }>({
  scenario: async ({ page, request }, use) => {
    await use(new ScenarioPage(page));
    const labs: unknown = await (await request.get('/api/labs')).json();
    for (const lab of Array.isArray(labs) ? labs : []) {
      if (typeof lab === 'object' && lab !== null && 'id' in lab)
        await request.delete(`/api/labs/${String(lab.id)}`);
    }
  },
});

export { expect };
