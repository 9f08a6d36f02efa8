/** Ends an entered process with its whole session; a killed entry alone would leave its shell behind. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const graceMs = 500;

/** Hangs up on the session of the process named in `pidFile`, then kills what is left of it and calls `killEntry`. */
export async function endSession(pidFile: string, killEntry: () => void): Promise<void> {
  const leader = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
  if (leader > 1) {
    const members = sessionMembers(leader);
    signalAll(members, 'SIGHUP');
    signalAll(members, 'SIGCONT');
    for (let waited = 0; waited < graceMs && sessionMembers(leader).length > 0; waited += 25)
      await sleep(25);
    signalAll(sessionMembers(leader), 'SIGKILL');
  }
  killEntry();
}

/** The leader and its descendants that are of its session or have the leader's tree above them. */
function sessionMembers(leader: number): number[] {
  const parents = new Map<number, { parent: number; session: number }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statFields(name);
    if (fields) parents.set(Number(name), fields);
  }
  const isMember = (pid: number): boolean => {
    const facts = parents.get(pid);
    if (!facts) return false;
    return (
      pid === leader || facts.session === leader || (facts.parent > 1 && isMember(facts.parent))
    );
  };
  return [...parents.keys()].filter(isMember);
}

function statFields(pid: string): { parent: number; session: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything.
    const [, parent, , session] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(parent), session: Number(session) };
  } catch {
    return undefined;
  }
}

function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}
