/** Whether an image came out of a build: what `docker commit` makes, the next build does not make again. */
import type { LabView } from '../define-lab.ts';
import { fieldsOf, stringOf } from './json-fields.ts';

/** BuildKit and the classic builder leave their marks in the history. */
export async function madeByBuild(lab: LabView, imageId: string): Promise<boolean> {
  const { body } = await lab.docker.get(`/images/${imageId}/history`);
  const { Comment, CreatedBy } = fieldsOf(Array.isArray(body) ? body[0] : undefined);
  return stringOf(Comment).startsWith('buildkit') || stringOf(CreatedBy).includes('#(nop)');
}
