import { test as base, expect } from '@playwright/test';
import { z } from 'zod';
import { ScenarioPage } from './scenario-page.ts';

const labsSchema = z.array(z.looseObject({ id: z.string() }));

/** Ends every lab that a test left, so that the next finds the machine as this one did. */
export const test = base.extend<{ scenario: ScenarioPage }>({
  scenario: async ({ page, request }, use) => {
    await use(new ScenarioPage(page));
    const labs = labsSchema.parse(await (await request.get('/api/labs')).json());
    for (const { id } of labs) await request.delete(`/api/labs/${id}`);
  },
});

export { expect };
