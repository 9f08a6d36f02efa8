import type { FileOptions, FileView } from '../../labs/define-lab.ts';
import { parseFile } from './answers.ts';
import type { Asker } from './asker.ts';

export function askFile(
  asker: Asker,
  path: string,
  options?: FileOptions & { pid?: number },
): Promise<FileView | undefined> {
  return asker.read<FileView | undefined>(
    { kind: 'file', path, ...options },
    ({ body }) => parseFile(body),
    {
      absent: () => undefined,
    },
  );
}
