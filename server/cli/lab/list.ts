import { loadConfig } from '../../config.ts';
import { loadCatalog } from '../../catalog/index.ts';

export async function list(options: { json?: boolean }): Promise<void> {
  const { scenarios } = await loadCatalog(loadConfig().labsDir);
  const rows = scenarios.map(({ id, chapter, definition }) => ({
    id,
    title: definition.title,
    chapter,
    image: definition.image,
    minutes: definition.minutes,
    difficulty: definition.difficulty,
    seeds: definition.seeds,
    curriculum: definition.curriculum,
  }));
  if (options.json === true) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else
    for (const row of rows)
      process.stdout.write(
        `${row.id.padEnd(36)} ${row.difficulty.padEnd(7)} ${String(row.minutes).padStart(3)} min  ${row.title}\n`,
      );
}
