// Ships to the browser.
/** Where a scenario's checks are on its page. */
export const checksId = (scenario: string): string => `checks-${scenario.replace('/', '-')}`;
