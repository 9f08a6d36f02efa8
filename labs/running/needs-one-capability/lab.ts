import type { ContainerView, Json, JsonObject, LabView, ProcessView } from '../../define-lab.ts';
import { defineLab, goal, guard, outcome } from '../../define-lab.ts';
import { hostPath } from '../../_shared/host-path.ts';
import { httpWords } from '../../_shared/http-words.ts';
import { onceUp } from '../../_shared/once-up.ts';

const statusUrl = 'http://127.0.0.1:8080/status';
const truth: Record<string, string> = { quay: 'up', buoy: 'up', wreck: 'down' };
const linesBefore = 60;
/** A round lasts a second and comes every five; a busy machine is late. */
const freshMs = 20_000;
/** Bit 13 of a capability mask. */
const netRaw = 0x2000n;
const maxLogBytes = 1024 * 1024;

export default defineLab({
  title: 'lighthouse may not ping, although it got the capability for it',
  minutes: 20,
  difficulty: 'hard',
  tags: ['capabilities', 'least-privilege', 'users', 'sysctl', 'no-new-privileges'],
  objectives: [
    'Read the capability sets of a process and tell what it may have from what it has.',
    'Explain what cap_add gives to a container whose user is not root, and what privileged does.',
    'Give a program what it needs to ping, without more privilege than that.',
    'Recognise what root cannot do when it has no capabilities.',
  ],
  curriculum: ['S1-09'],
  hold: { container: 'lighthouse' },
  hints: [
    {
      text: '"The capabilities of a container" are two things: what its processes may have at most, and what a process has at this moment. The kernel shows both for each process, in its status below /proc. Compare them for lighthouse.',
      when: cannotPing,
    },
    {
      text: '`cap_add` widens what may be had. Whether a program gets it when it starts depends on who starts it: try the same options with another user, and look at the masks again.',
      when: cannotPing,
    },
    {
      text: 'Linux also lets programs ping that have no capability at all. The description at the top of watch.py says how it is told to, and which setting of the kernel it then needs. Settings below `net.` belong to a network namespace.',
      when: cannotPing,
    },
    {
      text: 'That setting is a range of group numbers, closed at first. A range as narrow as the one group of the program will do; a wider one than this lab knows groups (0 to 65535) is refused.',
      when: cannotPing,
    },
    {
      text: 'It measures, but the log stands still. Being uid 0 is one thing, being allowed to pass over the permissions of files is another, and that is a capability too. Who owns the log, and who writes it?',
      when: async (lab) => isTrue(await readStatus(lab)) && !isTrue(await lastLine(lab)),
    },
    {
      text: 'It works, with more than the rule allows. What each capability is for says the manual of capabilities; what lighthouse needs is one socket.',
      when: async (lab) =>
        isTrue(await readStatus(lab)) && !(await capabilitiesWithinRule(lab)).pass,
    },
  ],
  checks: [
    goal(
      'status-is-true',
      'The status page says quay up, buoy up, wreck down',
      async (lab) => {
        const wanted =
          'the three as they are, measured by lighthouse within the last seconds; its log says what hinders it';
        const lighthouse = await lab.docker.container('lighthouse');
        if (lighthouse?.running !== true)
          return outcome(false, 'the container lighthouse is not running', wanted);
        const status = await onceUp(lab, [lighthouse], () => readStatus(lab), isTrue);
        if (!status) return outcome(false, httpWords(statusUrl, await lab.http(statusUrl)), wanted);
        return outcome(isTrue(status), describe(status), wanted);
      },
      { timeoutMs: 12_000 },
    ),

    goal(
      'log-goes-on',
      'What it measures is written to its log',
      async (lab) => {
        const wanted =
          'a line every few seconds in /data/log.jsonl of lighthouse, with what it measured';
        const measures = isTrue(await readStatus(lab));
        const line = await lab.eventually(
          async () => {
            const last = await lastLine(lab);
            return isTrue(last) ? last : undefined;
          },
          { withinMs: measures ? 8_000 : 0 },
        );
        if (line) return outcome(true, `the last line: ${describe(line)}`, wanted);
        const last = await lastLine(lab);
        return outcome(false, last ? `the last line: ${describe(last)}` : 'no log', wanted);
      },
      { timeoutMs: 15_000 },
    ),

    guard(
      'at-most-one-capability',
      'lighthouse has no capability but, at most, NET_RAW',
      async (lab) => {
        const { pass, seen } = await capabilitiesWithinRule(lab);
        return outcome(
          pass,
          seen,
          'not privileged, all capabilities dropped, NET_RAW at most given back',
        );
      },
      { timeoutMs: 10_000 },
    ),

    guard(
      'confinement-stays',
      'lighthouse stays confined as the rule says',
      async (lab) => {
        const faults = await confinementFaults(lab);
        return outcome(
          faults.length === 0,
          faults.length === 0
            ? 'read-only root, no new privileges, seccomp, namespaces of its own'
            : faults.join('; '),
          'read-only root file system, no-new-privileges, seccomp, own network and processes, nothing of the host but /srv',
        );
      },
      { timeoutMs: 10_000 },
    ),

    guard(
      'log-is-kept',
      'The earlier lines of the log are kept',
      async (lab) => {
        const lines = (await readLog(lab)).slice(0, linesBefore);
        const kept = lines.filter((line) => sameStates(parsed(line) ?? {}));
        return outcome(
          kept.length === linesBefore,
          `${String(kept.length)} of the ${String(linesBefore)} lines from before are at the head of the log`,
          'the log as it was, and what is new below it',
        );
      },
      { timeoutMs: 10_000 },
    ),

    guard(
      'others-as-they-are',
      'quay and buoy run, and no container here is privileged',
      async (lab) => {
        const wanted =
          'quay and buoy running as they did, no container with the privileges of the host';
        for (const name of ['quay', 'buoy']) {
          if ((await lab.docker.container(name))?.running !== true)
            return outcome(false, `${name} is not running`, wanted);
        }
        for (const { id } of await lab.docker.containers()) {
          const container = await lab.docker.container(id);
          if (container?.privileged === true)
            return outcome(false, `${container.name} is privileged`, wanted);
        }
        return outcome(true, 'both run, none is privileged', wanted);
      },
      { timeoutMs: 10_000 },
    ),
  ],
});

async function cannotPing(lab: LabView): Promise<boolean> {
  return !isTrue(await readStatus(lab));
}

/* What it measures. */

async function readStatus(lab: LabView): Promise<JsonObject | undefined> {
  const answer = await lab.http(statusUrl);
  return answer.status === 200 ? parsed(answer.text) : undefined;
}

async function lastLine(lab: LabView): Promise<JsonObject | undefined> {
  return parsed((await readLog(lab)).at(-1) ?? '');
}

async function readLog(lab: LabView): Promise<string[]> {
  const path =
    (await hostPath(lab, 'lighthouse', '/data/log.jsonl')) ??
    '/var/lib/docker/volumes/lighthouse-log/_data/log.jsonl';
  const text = (await lab.file(path, { maxBytes: maxLogBytes }))?.text ?? '';
  return text.split('\n').filter((line) => line !== '');
}

function isTrue(measured: JsonObject | undefined): boolean {
  const at = measured?.['at'];
  const age = typeof at === 'string' ? Date.now() - Date.parse(at) : Infinity;
  return measured !== undefined && age < freshMs && sameStates(measured);
}

function sameStates(measured: JsonObject): boolean {
  return Object.entries(truth).every(([name, state]) => measured[name] === state);
}

function describe(measured: JsonObject): string {
  const states = Object.keys(truth).map((name) => `${name} ${show(measured[name])}`);
  return `${states.join(', ')}, measured at ${show(measured['at'])}`;
}

/* What it may do. */

async function capabilitiesWithinRule(lab: LabView): Promise<{ pass: boolean; seen: string }> {
  const lighthouse = await lab.docker.container('lighthouse');
  if (!lighthouse) return { pass: false, seen: 'there is no container lighthouse' };
  if (lighthouse.privileged) return { pass: false, seen: 'lighthouse is privileged' };
  const own = await processesOf(lab, lighthouse);
  const most = own.reduce(
    (mask, { capEff, capBnd }) => mask | BigInt(`0x${capEff}`) | BigInt(`0x${capBnd}`),
    0n,
  );
  if ((most & ~netRaw) !== 0n) {
    return {
      pass: false,
      seen: `its processes may have more than NET_RAW: the mask of their capabilities is ${most.toString(16)}`,
    };
  }
  const added = lighthouse.capAdd.filter((name) => !/^(CAP_)?NET_RAW$/i.test(name));
  if (
    own.length === 0 &&
    (added.length > 0 || !lighthouse.capDrop.some((name) => /^(CAP_)?ALL$/i.test(name)))
  ) {
    return { pass: false, seen: 'lighthouse would start with more than NET_RAW' };
  }
  return {
    pass: true,
    seen: most === 0n ? 'it can have no capability at all' : 'it can have NET_RAW and no other',
  };
}

async function confinementFaults(lab: LabView): Promise<string[]> {
  const lighthouse = await lab.docker.container('lighthouse');
  if (!lighthouse) return ['there is no container lighthouse'];
  const own = await processesOf(lab, lighthouse);
  const init = (await lab.processes()).find(({ pid }) => pid === 1);
  const shares = (kind: 'net' | 'pid' | 'ipc' | 'uts'): boolean =>
    own.some(({ namespaces }) => namespaces[kind] === init?.namespaces[kind]);
  const host = lighthouse.raw['HostConfig'];
  const devices =
    host !== undefined && isObject(host) && Array.isArray(host['Devices']) ? host['Devices'] : [];
  const outside = lighthouse.mounts.filter(
    ({ type, source }) => type === 'bind' && !source.startsWith('/srv/'),
  );
  return [
    ...(lighthouse.readonlyRootfs ? [] : ['its root file system can be written']),
    ...(own.every(({ noNewPrivs }) => noNewPrivs) && hasNoNewPrivileges(lighthouse)
      ? []
      : ['its processes can gain privileges']),
    ...(own.every(({ seccomp }) => seccomp === 2) ? [] : ['no seccomp filter is on its processes']),
    ...(lighthouse.networkMode === 'host' || shares('net')
      ? ['it is in the network of the host']
      : []),
    ...(lighthouse.pidMode === 'host' || shares('pid')
      ? ['it sees the processes of the host']
      : []),
    ...(shares('ipc') || shares('uts') ? ['it shares a namespace with the host'] : []),
    ...outside.map(({ source }) => `it has ${source} of the host`),
    ...(devices.length > 0 ? ['it has devices of the host'] : []),
  ];
}

function hasNoNewPrivileges({ securityOpt }: ContainerView): boolean {
  return securityOpt.some((option) => /^no-new-privileges(?:[:=]true)?$/.test(option));
}

/** PID 1 of the container and what it started; not what somebody runs in there from outside. */
async function processesOf(lab: LabView, { pid }: ContainerView): Promise<ProcessView[]> {
  const all = await lab.processes();
  const own = all.filter((process) => pid > 0 && process.pid === pid);
  for (const parent of own) own.push(...all.filter(({ ppid }) => ppid === parent.pid));
  return own;
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
