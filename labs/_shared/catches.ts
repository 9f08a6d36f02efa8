/** Who does something about a signal, told by what the kernel says of a process. */
import type { LabView, ProcessView } from '../define-lab.ts';

/** Whether a process has a handler for a signal, by its number; undefined if the process is gone. */
export async function catches(
  lab: LabView,
  { pid }: ProcessView,
  signal: number,
): Promise<boolean | undefined> {
  const status = (await lab.file(`/proc/${String(pid)}/status`))?.text ?? '';
  const digits = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  // A bit mask: bit n-1 is signal n.
  return digits === undefined
    ? undefined
    : ((BigInt(`0x${digits}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

/** An init waits for signals without a handler and passes them on, so its mask says nothing. */
export function isInit({ name }: ProcessView): boolean {
  return ['docker-init', 'tini', 'tini-static', 'dumb-init', 'catatonit'].includes(name);
}
