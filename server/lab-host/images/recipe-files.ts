import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

export interface RecipeFile {
  /** Relative to the recipe's folder. */
  path: string;
  executable: boolean;
  content: Buffer;
}

/** Long enough that two recipes never meet, short enough for a tag. */
const hashLength = 16;

/** All files below a folder, sorted by path; none if there is no such folder. */
export async function readRecipeFiles(folder: string): Promise<RecipeFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  return Promise.all(paths.map((path) => readRecipeFile(folder, path)));
}

async function readRecipeFile(folder: string, path: string): Promise<RecipeFile> {
  const [content, facts] = await Promise.all([
    readFile(join(folder, path)),
    stat(join(folder, path)),
  ]);
  return { path, content, executable: (facts.mode & 0o100) !== 0 };
}

/** Each part counts with its length, so that no two lists run together. */
export function hashOf(parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(`${String(Buffer.byteLength(part))}:`);
    hash.update(part);
  }
  return hash.digest('hex').slice(0, hashLength);
}

/** Modes are set, not left to the checkout's umask: they end up in the image. */
export async function writeRecipeFile(folder: string, file: RecipeFile): Promise<void> {
  const target = join(folder, file.path);
  await makeFolders(folder, dirname(file.path));
  await writeFile(target, file.content);
  await chmod(target, file.executable ? 0o755 : 0o644);
}

async function makeFolders(folder: string, path: string): Promise<void> {
  if (path === '.') return;
  await makeFolders(folder, dirname(path));
  await mkdir(join(folder, path), { recursive: true });
  await chmod(join(folder, path), 0o755);
}
