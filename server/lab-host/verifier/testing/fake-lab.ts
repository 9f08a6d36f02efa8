/** A folder, and where a test wants them a pid namespace, a network namespace and a cgroup, that stand for a lab. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabHandles } from '../lab-handles.ts';
import { Slots } from '../slots.ts';

const O_PATH = 0o10000000;
const cgroupRoot = existsSync('/sys/fs/cgroup/cgroup.controllers')
  ? '/sys/fs/cgroup'
  : '/sys/fs/cgroup/systemd';

export interface FakeLab extends AsyncDisposable {
  /** The lab's root on this machine. */
  root: string;
  /** Beside the root: what no path in the lab may lead to. */
  outside: string;
  handles: LabHandles;
  /** Host number of its first process; 0 without one. */
  initPid: number;
  /** Starts a shell script in the lab's namespaces and cgroup. */
  run: (script: string) => ChildProcess;
}

export function folderLab(): FakeLab {
  return fakeLab('/proc/self', [], '/sys/fs/cgroup:/nowhere');
}

/** With namespaces and a cgroup of its own. Node needs a moment to see its first process. */
export async function processLab(): Promise<FakeLab> {
  const cgroup = `/drydock-test-${String(process.pid)}-${String(Date.now())}`;
  mkdirSync(cgroupRoot + cgroup);
  const init = spawn(
    'unshare',
    ['--pid', '--net', '--fork', '--kill-child', 'sh', '-c', 'echo up; exec sleep 1000'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(init.stdout, 'data');
  const initPid = Number(
    readFileSync(`/proc/${String(init.pid)}/task/${String(init.pid)}/children`, 'utf8'),
  );
  writeFileSync(`${cgroupRoot}${cgroup}/cgroup.procs`, String(initPid));
  execFileSync('nsenter', ['-t', String(initPid), '-n', 'ip', 'link', 'set', 'lo', 'up']);
  const lab = fakeLab(`/proc/${String(initPid)}`, [init], `${cgroupRoot}:${cgroup}`);
  const dispose = lab[Symbol.asyncDispose].bind(lab);
  return Object.assign(lab, {
    initPid,
    run: (script: string) =>
      spawn(
        'sh',
        [
          '-c',
          `echo $$ > ${cgroupRoot}${cgroup}/cgroup.procs; exec nsenter -t ${String(initPid)} -p -n sh -c "$0"`,
          script,
        ],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      ),
    async [Symbol.asyncDispose]() {
      await dispose();
      // The last processes leave a moment after they were ended.
      for (let tries = 0; tries < 100; tries += 1) {
        try {
          rmdirSync(cgroupRoot + cgroup);
          return;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    },
  });
}

function fakeLab(proc: string, children: ChildProcess[], tree: string): FakeLab {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-lab-'));
  const [root, outside] = [join(folder, 'root'), join(folder, 'outside')];
  mkdirSync(root);
  mkdirSync(outside);
  const fds = [
    openSync(root, O_PATH | constants.O_DIRECTORY),
    openSync(`${proc}/ns/net`, constants.O_RDONLY),
    openSync(`${proc}/ns/pid`, constants.O_RDONLY),
  ];
  const [rootFd = -1, netFd = -1, pidNamespaceFd = -1] = fds;
  const gone = new AbortController();
  return {
    root,
    outside,
    initPid: 0,
    handles: {
      rootFd,
      netFd,
      pidNamespaceFd,
      uidStart: 0,
      uidCount: 65_536,
      cgroups: { tree, limits: [] },
      slots: new Slots(6),
      signal: gone.signal,
      stuck: 0,
      use: (work) => work,
      [Symbol.asyncDispose]: async () => undefined,
    },
    run: (script) => spawn('sh', ['-c', script]),
    async [Symbol.asyncDispose]() {
      gone.abort();
      for (const child of children) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      fds.forEach(closeSync);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
