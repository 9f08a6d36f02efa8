import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOf, readRecipeFiles } from './recipe-files.ts';
import type { RecipeFile } from './recipe-files.ts';

/** Repository of every image that is built here; names in it are removed when no recipe has them any more. */
export const repository = 'drydock';

/** To be raised when the code here makes something else of the same recipes. */
const formatVersion = 1;

const dockerfileFrom = new RegExp(`^FROM ${repository}/([a-z0-9-]+)`, 'gm');

export interface RecipeRoots {
  /** `labs/_images` */
  images: string;
  /** Folders of what is written in C; its files go into the verifier's recipe, below the folder's name here. */
  programs: Record<string, string>;
}

export interface Recipe {
  /** `lab`, `inner-nginx`: the recipe's folder with dashes. */
  name: string;
  files: RecipeFile[];
  /** Names of the recipes whose images its Dockerfile starts from. */
  from: string[];
  /** What learners call it, `nginx:1.26` and `nginx:latest`; none if it is not for them. */
  names: string[];
  hash: string;
  tag: string;
}

export interface Recipes {
  all: Map<string, Recipe>;
  lab: Recipe;
  verifier: Recipe;
  inner: Recipe[];
  innerHash: string;
  hash: string;
}

const checkout = join(import.meta.dirname, '../../..');

export async function readRecipes(
  roots: RecipeRoots = {
    images: join(checkout, 'labs/_images'),
    programs: {
      helper: join(checkout, 'server/lab-host/verifier/helper'),
      'lab-users': join(checkout, 'server/lab-host/runtime'),
    },
  },
): Promise<Recipes> {
  const all = resolveRecipes(await readAll(roots));
  const lab = recipeNamed(all, 'lab');
  const verifier = recipeNamed(all, 'verifier');
  const inner = [...all.values()].filter((recipe) => recipe.names.length > 0);
  const innerHash = hashOf([lab.hash, ...inner.flatMap(({ hash, names }) => [hash, ...names])]);
  const hash = hashOf([lab.hash, verifier.hash, innerHash]);
  return { all, lab, verifier, inner, innerHash, hash };
}

export function recipeNamed(all: Map<string, Recipe>, name: string): Recipe {
  const recipe = all.get(name);
  if (!recipe) throw new Error(`labs/_images has no recipe "${name}", but another asks for it.`);
  return recipe;
}

/** Hashes each recipe over its own files and the hashes of what it is built from. */
export function resolveRecipes(read: Map<string, RecipeFile[]>): Map<string, Recipe> {
  const all = new Map<string, Recipe>();
  const resolve = (name: string, below: string[]): Recipe => {
    const known = all.get(name);
    if (known) return known;
    const files = read.get(name);
    if (!files) throw new Error(`${below.at(-1) ?? 'The lab'} is FROM ${name}: no such recipe.`);
    if (below.includes(name)) throw new Error(`${[...below, name].join(' is FROM ')}: a circle.`);
    const from = fromOf(files);
    const parents = from.map((parent) => resolve(parent, [...below, name]));
    const recipe = makeRecipe(name, files, from, parents);
    all.set(name, recipe);
    return recipe;
  };
  for (const name of [...read.keys()].sort()) resolve(name, []);
  return all;
}

function makeRecipe(name: string, files: RecipeFile[], from: string[], parents: Recipe[]): Recipe {
  // Its names do not change an image, so a new name costs no build.
  const built = files.filter((file) => file.path !== 'names');
  const hash = hashOf([
    String(formatVersion),
    ...built.flatMap((file) => [file.path, String(file.executable), file.content]),
    ...parents.map((parent) => parent.hash),
  ]);
  const names = textOf(files, 'names').split('\n').filter(Boolean);
  return { name, files: built, from, names, hash, tag: `${repository}/${name}:${hash}` };
}

function fromOf(files: RecipeFile[]): string[] {
  const found = [...textOf(files, 'Dockerfile').matchAll(dockerfileFrom)];
  return [...new Set(found.map((match) => match[1] ?? ''))];
}

/** The Dockerfile with `FROM drydock/base` as `FROM drydock/base:<hash>`. */
export function pinnedDockerfile(recipe: Recipe, all: Map<string, Recipe>): string {
  return textOf(recipe.files, 'Dockerfile').replace(
    dockerfileFrom,
    (_, name: string) => `FROM ${recipeNamed(all, name).tag}`,
  );
}

export function textOf(files: RecipeFile[], path: string): string {
  return files.find((file) => file.path === path)?.content.toString('utf8') ?? '';
}

async function readAll(roots: RecipeRoots): Promise<Map<string, RecipeFile[]>> {
  const names = ['base', 'lab', 'verifier', ...(await innerFolders(roots.images))];
  const read = await Promise.all(names.map((name) => readRecipeFiles(join(roots.images, name))));
  const recipes = names.map((name, at): [string, RecipeFile[]] => [
    name.replace('/', '-'),
    read[at] ?? [],
  ]);
  const all = new Map(recipes);
  const sources = await Promise.all(Object.entries(roots.programs).map(sourcesOf));
  all.set('verifier', [...(all.get('verifier') ?? []), ...sources.flat()]);
  return all;
}

async function sourcesOf([name, folder]: [string, string]): Promise<RecipeFile[]> {
  const files = (await readRecipeFiles(folder)).filter(({ path }) => /\.[ch]$/.test(path));
  return files.map((file) => ({ ...file, path: `${name}/${file.path}` }));
}

async function innerFolders(images: string): Promise<string[]> {
  const entries = await readdir(join(images, 'inner'), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => `inner/${entry.name}`);
}
