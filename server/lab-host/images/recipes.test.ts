import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pinnedDockerfile, readRecipes, resolveRecipes } from './recipes.ts';
import type { RecipeFile } from './recipe-files.ts';
import type { Recipe } from './recipes.ts';

const dockerfile = (text: string): RecipeFile[] => [
  { path: 'Dockerfile', executable: false, content: Buffer.from(text) },
];

const resolve = (recipes: Record<string, string>): Map<string, Recipe> =>
  resolveRecipes(
    new Map(Object.entries(recipes).map(([name, text]) => [name, dockerfile(text)] as const)),
  );

describe('resolveRecipes', () => {
  const plain = { base: 'a', web: 'FROM drydock/base\n', other: 'FROM scratch\n' };

  it('changes what is built on a changed recipe, and nothing else', () => {
    const before = resolve(plain);
    const after = resolve({ ...plain, base: 'b' });
    expect(after.get('web')?.hash).not.toBe(before.get('web')?.hash);
    expect(after.get('other')?.hash).toBe(before.get('other')?.hash);
  });

  it('finds every recipe a Dockerfile with stages starts from, once', () => {
    const text = 'FROM drydock/base AS a\nFROM drydock/web\nFROM drydock/base\nFROM scratch\n';
    expect(resolve({ ...plain, many: text }).get('many')?.from).toEqual(['base', 'web']);
  });

  it('refuses a recipe that does not exist and a circle', () => {
    expect(() => resolve({ web: 'FROM drydock/gone' })).toThrow('web is FROM gone');
    expect(() => resolve({ a: 'FROM drydock/b', b: 'FROM drydock/a' })).toThrow('circle');
  });

  it('pins what a Dockerfile starts from to the hash', () => {
    const all = resolve(plain);
    const web = all.get('web');
    expect(web && pinnedDockerfile(web, all)).toBe(`FROM ${all.get('base')?.tag ?? ''}\n`);
  });
});

describe('readRecipes', () => {
  const folders: string[] = [];
  afterEach(async () => {
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
  });

  const checkout = async (files: Record<string, string>) => {
    const root = await mkdtemp(join(tmpdir(), 'recipes-'));
    folders.push(root);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(root, dirname(path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return readRecipes({
      images: join(root, 'images'),
      programs: { helper: join(root, 'helper') },
    });
  };
  const files = {
    'images/base/options': 'trixie\n',
    'images/lab/Dockerfile': 'FROM drydock/base\n',
    'images/verifier/Dockerfile': 'FROM drydock/base\n',
    'images/inner/web/Dockerfile': 'FROM drydock/base\n',
    'images/inner/web/names': 'web:1\nweb:latest\n',
    'helper/probe.c': 'int main;',
    'helper/README.md': 'words',
  };

  it('takes the sources of the helper, and no other file of its folder, into the verifier', async () => {
    const before = await checkout(files);
    expect(before.verifier.files.map(({ path }) => path)).toEqual(['Dockerfile', 'helper/probe.c']);
    const documented = await checkout({ ...files, 'helper/README.md': 'other words' });
    expect(documented.hash).toBe(before.hash);
    const changed = await checkout({ ...files, 'helper/probe.c': 'int other;' });
    expect(changed.verifier.hash).not.toBe(before.verifier.hash);
    expect(changed.innerHash).toBe(before.innerHash);
  });

  it('rebuilds the disk but not the image when an image gets another name', async () => {
    const before = await checkout(files);
    const after = await checkout({ ...files, 'images/inner/web/names': 'web:2\n' });
    expect(after.inner.map(({ tag }) => tag)).toEqual(before.inner.map(({ tag }) => tag));
    expect(after.innerHash).not.toBe(before.innerHash);
  });

  it('understands the recipes of this repository', async () => {
    const { all, inner } = await readRecipes();
    expect(all.get('inner-notes')?.from).toEqual(['inner-python']);
    expect(inner.flatMap(({ names }) => names)).toContain('nginx:1.26');
  });
});
