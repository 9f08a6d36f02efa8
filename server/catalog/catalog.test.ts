import { describe, expect, it } from 'vitest';
import { loadCatalog } from './index.ts';
import { labsFolder } from './testing.ts';

describe('loadCatalog', () => {
  it('reads a scenario whole', async () => {
    await using labs = await labsFolder();
    const [scenario] = (await loadCatalog(labs.path)).scenarios;
    expect(scenario).toMatchObject({ id: 'networking/no-answer', chapter: 'networking' });
    expect(scenario?.definition).toMatchObject({
      image: 'lab',
      seeds: 3,
      hold: { container: 'web' },
    });
    const names = scenario?.scripts.map((script) => script.name);
    expect(names).toEqual([
      'break.sh',
      'fix.sh',
      'fix-other.sh',
      'cheat-once.sh',
      'cheat-delete.sh',
    ]);
  });

  it('serves the others when one cannot be loaded', async () => {
    await using labs = await labsFolder(['images/one', 'networking/two']);
    await labs.write('images/one/lab.ts', 'throw new Error("broken")');
    const catalog = await loadCatalog(labs.path);
    expect(catalog.scenarios.map(({ id }) => id)).toEqual(['networking/two']);
    expect(catalog.faults).toMatchObject([{ id: 'images/one' }]);
  });

  it('names the next one of a chapter, and none after its last', async () => {
    await using labs = await labsFolder(['volumes/a', 'images/b', 'images/a']);
    const catalog = await loadCatalog(labs.path);
    expect(catalog.next('images/a')?.id).toBe('images/b');
    expect(catalog.next('images/b')).toBeUndefined();
  });

  it('refuses a field that the format does not have', async () => {
    await using labs = await labsFolder();
    await labs.write('networking/no-answer/lab.ts', 'export default { titel: "x" }');
    expect((await loadCatalog(labs.path)).faults).toHaveLength(1);
  });
});
