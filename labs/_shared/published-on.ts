/** Which container answers on a port of the machine: containers may be recreated under any name. */
import type { ContainerView, LabView } from '../define-lab.ts';

/** The running container that publishes TCP port `port` of the machine, on whatever address. */
export async function publishedOn(lab: LabView, port: number): Promise<ContainerView | undefined> {
  const running = await runningContainers(lab);
  return running.find(({ ports }) =>
    Object.entries(ports).some(
      ([inner, outer]) => inner.endsWith('/tcp') && outer.some((end) => end.port === port),
    ),
  );
}

export async function runningContainers(lab: LabView): Promise<ContainerView[]> {
  const found: ContainerView[] = [];
  for (const { id, state } of await lab.docker.containers()) {
    const container = state === 'running' ? await lab.docker.container(id) : undefined;
    if (container?.running) found.push(container);
  }
  return found;
}
