import type { Catalog, Scenario } from '../../catalog/index.ts';
import { DrydockError } from '../../errors.ts';

/** Throws for one that is gone from `labs/` since the lab was made. */
export function scenarioOf(catalog: Catalog, { scenario }: { scenario: string }): Scenario {
  const found = catalog.get(scenario);
  if (!found) throw new DrydockError('no_such_scenario');
  return found;
}
