/** Whether a container runs from an image or from one that was built on it. */
import type { ContainerView, LabView } from '../define-lab.ts';

export async function builtOn(
  lab: LabView,
  container: ContainerView,
  reference: string,
): Promise<boolean> {
  const base = await lab.docker.image(reference);
  if (container.imageId === base?.id) return true;
  const own = await lab.docker.image(container.imageId);
  return base !== undefined && base.layers.every((layer, index) => own?.layers[index] === layer);
}
