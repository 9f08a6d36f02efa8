import { loadCatalog } from '../../catalog/index.ts';
import { CannotRun } from '../cannot-run.ts';
import type { BenchContext } from './context.ts';

/** The scenario that stands for all in times that are not about breaking: an easy one, repaired by two commands. */
export async function cheapScenario({ config }: BenchContext): Promise<string> {
  const id = 'networking/dns-default-bridge';
  const { get } = await loadCatalog(config.labsDir);
  if (!get(id))
    throw new CannotRun(
      `The bench needs the scenario ${id}.`,
      'Bring it back, or name another one here.',
    );
  return id;
}
