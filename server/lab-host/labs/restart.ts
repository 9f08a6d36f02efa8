/**
 * The restart of a hold, done as a person at the lab would. It runs in the lab, where a learner may have replaced any
 * program: that can only keep their own repair from holding, since what is believed afterwards is asked from outside.
 */
import { DrydockError } from '../../errors.ts';
import type { Labs } from './labs.ts';

const timeoutMs = 60_000;

export async function restartEngine(labs: Labs, id: string, signal: AbortSignal): Promise<void> {
  await run(labs, id, engineScript, signal, 'The engine did not come back after its restart.');
}

export async function restartContainer(
  labs: Labs,
  id: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await run(
    labs,
    id,
    `docker restart -t 10 '${name}'`,
    signal,
    `The container ${name} did not come back after its restart.`,
  );
}

/** As a reboot would: whatever a repair started by hand is gone, what the units say comes up. */
const engineScript = `
systemctl stop docker.socket docker.service
pkill -x dockerd; for _ in 1 2 3 4 5 6 7 8 9 10; do pgrep -x dockerd >/dev/null || break; sleep 0.2; done; pkill -9 -x dockerd
systemctl daemon-reload
systemctl reset-failed docker.service docker.socket 2>/dev/null
systemctl is-enabled -q docker.socket && systemctl start docker.socket
systemctl is-enabled -q docker.service && systemctl start docker.service
for _ in $(seq 100); do docker version >/dev/null 2>&1 && exit 0; sleep 0.1; done
exit 1
`;

async function run(
  labs: Labs,
  id: string,
  script: string,
  signal: AbortSignal,
  failure: string,
): Promise<void> {
  const result = await labs.run(id, { script, timeoutMs }, signal);
  if (result.exitCode !== 0) {
    throw new DrydockError('lab_not_ready', {
      detail: `${failure} ${result.output.slice(-500).trim()}`.trim(),
    });
  }
}
