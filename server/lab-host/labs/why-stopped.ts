import type { Container } from 'dockerode';

/** Why a lab has ended, in words for the person who was in it; what to do about it is said where it can be done. */
export async function whyStopped(container: Container): Promise<string> {
  const state = await container.inspect().then(
    (facts) => facts.State,
    () => undefined,
  );
  if (!state) return 'The lab is gone.';
  if (state.OOMKilled) return 'The lab ran out of memory and the kernel ended it.';
  if (state.ExitCode === 0 || state.ExitCode === 130) return 'The lab was powered off.';
  return `The lab's PID 1 ended (exit code ${String(state.ExitCode)}).`;
}
