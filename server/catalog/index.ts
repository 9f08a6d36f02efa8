/**
 * The scenarios in `labs/`: found, parsed, linted, and their scripts made ready to be run in a lab. Knows nothing of
 * labs that run, of learners, or of what a check's code finds out.
 */
export type { Definition } from './definition.ts';
export type { Scenario, Script, ScriptKind } from './scenario.ts';
export { loadScenario } from './scenario.ts';
export type { Catalog, CatalogFault } from './catalog.ts';
export { loadCatalog } from './catalog.ts';
export { breakScript, repairScript } from './compose.ts';
export type { LintFault } from './lint.ts';
export { lintCatalog } from './lint.ts';
