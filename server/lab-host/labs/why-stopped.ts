import type { Container } from 'dockerode';

/** Why a lab has ended, in words for the person who was in it. */
export async function whyStopped(container: Container): Promise<string> {
  const state = await container.inspect().then(
    (facts) => facts.State,
    () => undefined,
  );
  if (!state) return 'The lab is gone. Reset it to get it back as it was broken.';
  if (state.OOMKilled)
    return 'The lab ran out of memory and the kernel ended it. Reset it to go on.';
  if (state.ExitCode === 0 || state.ExitCode === 130)
    return 'The lab was powered off. Reset it to go on.';
  return `The lab's PID 1 ended (exit code ${String(state.ExitCode)}). Reset it to go on.`;
}
