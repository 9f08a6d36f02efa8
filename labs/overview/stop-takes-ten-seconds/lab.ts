import type { LabView, ProcessView } from '../../define-lab.ts';
import { defineLab, goal, guard, outcome } from '../../define-lab.ts';
import { catches, isInit } from '../../_shared/catches.ts';
import { hostPath } from '../../_shared/host-path.ts';

const ordersUrl = 'http://127.0.0.1:8080/orders';
const ledgerFile = '/srv/shop/till/ledger.txt';
const thisMorning = [1041, 1042, 1043, 1044, 1045, 1046];
/** Four hours of sales. */
const maxBytes = 1024 * 1024;

export default defineLab({
  title: 'Every restart of orders takes ten seconds and loses orders',
  minutes: 15,
  difficulty: 'medium',
  tags: ['lifecycle', 'signals', 'pid-1', 'entrypoint', 'data-loss'],
  objectives: [
    'Explain what docker stop sends, to whom, and what exit code 137 says about the answer.',
    'Find out which process of a container is PID 1 and which signals a process handles.',
    'Start a program so that a stop signal reaches it.',
    'Save what a program holds in memory before its container is replaced.',
  ],
  curriculum: ['S1-13', 'A3-2', 'C6-2'],
  hold: { container: 'orders' },
  hints: [
    {
      text: 'A stop signal is sent to one process of the container only: the one that is PID 1 in there. Which one is that, and which one is the program that would write the orders?',
      when: async (lab) => !(await signalPath(lab)).open,
    },
    {
      text: 'Orders 1041 and later are in the memory of a program that does the right thing when it is told to end. It is only that nobody tells *it*. `docker stop` is not the only way to send a signal: from the host every process of a container can be seen, and reached.',
      when: async (lab) => !(await signalPath(lab)).open && (await morningWaits(lab)),
    },
    {
      text: 'What a process does with signals is in its /proc/PID/status: SigCgt is a bit mask of those it handles, SIGTERM is bit 15, 0x4000. A PID 1 without a handler is not even killed by SIGTERM; an ordinary process without one dies at once. Neither tells its children.',
      when: async (lab) => !(await signalPath(lab)).open,
    },
    {
      text: 'Sales that have a receipt but are lost can be handed in again: see /srv/shop/till/resend.sh.',
      when: async (lab) => ((await lostOrders(lab))?.length ?? 0) > 0,
    },
    {
      text: 'Two different files put a process in front of the program. One of them does not look as if it did: compare what the image runs by its CMD with what that line of the Dockerfile says.',
      when: async (lab) => !(await signalPath(lab)).open,
    },
    {
      text: 'The orders of this morning wait in memory once more. They get to the file as the others will: when the service ends in good order. Now that this works, it can be shown.',
      when: async (lab) => (await signalPath(lab)).open && (await morningWaits(lab)),
    },
  ],
  checks: [
    goal(
      'program-is-told',
      'A stop of orders is told to the program that holds the orders',
      async (lab) => {
        const { open, seen } = await signalPath(lab);
        return outcome(
          open,
          seen,
          'the program learns that it is to end: look at the processes of orders, and at what each does when it is told to stop',
        );
      },
      { timeoutMs: 10_000 },
    ),

    goal(
      'morning-is-written',
      'Orders 1041 to 1046 of this morning are in the file',
      async (lab) => {
        const absent = await missing(lab, thisMorning);
        const seen =
          absent.length === 0
            ? 'orders.jsonl has all six'
            : `orders.jsonl in the data of orders lacks ${absent.join(', ')}`;
        return outcome(
          absent.length === 0,
          seen,
          'all six in orders.jsonl; the program writes what waits when it ends in good order',
        );
      },
      { timeoutMs: 10_000 },
    ),

    guard(
      'no-order-lost',
      'No order that has a receipt is lost',
      async (lab) => {
        const ledger = await readLedger(lab);
        if (ledger[0]?.number !== 1001) {
          return outcome(
            false,
            'the ledger in /srv/shop/till does not begin with sale 1001',
            "the till's ledger as it was, and longer",
          );
        }
        const lost = (await lostOrders(lab)) ?? [];
        return outcome(
          lost.length === 0,
          lost.length === 0
            ? `all ${String(ledger.length)} sales of the ledger are in the file or wait in memory`
            : `${String(lost.length)} with a receipt are neither in the file nor in memory: ${shortList(lost)}`,
          'every sale of /srv/shop/till/ledger.txt in orders.jsonl, as it was sold, or in the memory of orders',
        );
      },
      { timeoutMs: 10_000 },
    ),

    guard(
      'till-sells',
      'The till hands its sales to the service at port 8080',
      async (lab) => {
        const till = await lab.docker.container('till');
        const orders = await lab.docker.container('orders');
        const wanted =
          'orders answers at port 8080 of the host and takes what the till sells; till runs';
        if (till?.running !== true)
          return outcome(false, 'the container till is not running', wanted);
        if (orders?.running !== true)
          return outcome(false, 'the container orders is not running', wanted);
        const sold = await lab.eventually(
          async () => {
            const sale = (await readLedger(lab)).at(-1);
            return sale && sale.at > Date.parse(orders.startedAt) && (await heldOrders(lab))
              ? sale.number
              : undefined;
          },
          { withinMs: 9_000 },
        );
        if (sold !== undefined) return outcome(true, `sale ${String(sold)} was taken`, wanted);
        const answer = await lab.http(ordersUrl);
        return outcome(
          false,
          answer.status === 200
            ? 'no sale reached orders since it was started'
            : `port 8080 says ${answer.error === '' ? String(answer.status) : answer.error}`,
          wanted,
        );
      },
      { timeoutMs: 15_000 },
    ),

    guard(
      'written-together',
      'Orders still wait in memory to be written together',
      async (lab) => {
        const wanted =
          'orders that wait in memory until several are written at once, as the slow storage needs';
        for (const name of ['orders', 'till']) {
          if ((await lab.docker.container(name))?.running !== true)
            return outcome(true, `${name} is not running`, wanted);
        }
        // A sale comes every three seconds: after a restart the second one takes a moment.
        const held = await lab.eventually(
          async () => {
            const waiting = (await heldOrders(lab)) ?? [];
            return waiting.length >= 2 ? waiting : undefined;
          },
          { withinMs: 12_000 },
        );
        return outcome(
          held !== undefined,
          held
            ? `${String(held.length)} orders wait in memory`
            : 'at no moment did two orders wait together',
          wanted,
        );
      },
      { timeoutMs: 18_000 },
    ),
  ],
});

/* The way of the stop signal. */

interface SignalPath {
  open: boolean;
  seen: string;
}

async function signalPath(lab: LabView): Promise<SignalPath> {
  let last: SignalPath = { open: false, seen: 'the container orders is not running' };
  const settled = await lab.eventually(
    async () => {
      const now = await lookAlongPath(lab);
      if (!now) return undefined;
      last = now.path;
      return now.starting ? undefined : now.path;
    },
    { withinMs: 3_000 },
  );
  return settled ?? last;
}

/** `starting`: the program is not there yet, or has not got as far as to set its handlers. */
async function lookAlongPath(
  lab: LabView,
): Promise<{ path: SignalPath; starting: boolean } | undefined> {
  const container = await lab.docker.container('orders');
  if (container?.running !== true) {
    const seen = container
      ? `orders has ended, exit code ${String(container.exitCode)}`
      : 'there is no container orders';
    return { path: { open: false, seen }, starting: false };
  }
  const signal = stopSignal(container.raw['Config']);
  if (signal === undefined || signal === 9 || signal === 19) {
    return {
      path: { open: false, seen: 'the stop signal of orders is one that no program can handle' },
      starting: false,
    };
  }
  const chain = chainTo(container.pid, await lab.processes());
  const program = chain.at(-1);
  if (!program) {
    return {
      path: {
        open: false,
        seen: 'no python process that runs orders below PID 1 of the container',
      },
      starting: true,
    };
  }
  for (const process of chain) {
    const caught = await catches(lab, process, signal);
    if (caught === undefined) return undefined;
    if (caught || (process !== program && isInit(process))) continue;
    const seen =
      process === program
        ? `the program, ${words(program)}, would not do anything about the stop signal`
        : `stopped now, the program, ${words(program)}, would not hear of it`;
    return { path: { open: false, seen }, starting: process === program };
  }
  const first = chain.length === 1 ? 'is the program' : 'passes the stop signal on';
  return {
    path: { open: true, seen: `PID 1, ${words(chain[0] ?? program)}, ${first}` },
    starting: false,
  };
}

/** From PID 1 of the container down to the program; empty if the program is not there or not below PID 1. */
function chainTo(firstPid: number, processes: ProcessView[]): ProcessView[] {
  const first = processes.find(({ pid }) => pid === firstPid);
  const own = processes.filter(({ cgroup }) => cgroup === first?.cgroup);
  for (const program of own.filter(runsOrders)) {
    const chain = [program];
    for (let at = program; at.pid !== firstPid;) {
      const parent = own.find(({ pid }) => pid === at.ppid);
      if (!parent || chain.includes(parent)) break;
      chain.unshift(parent);
      at = parent;
    }
    if (chain[0]?.pid === firstPid) return chain;
  }
  return [];
}

function runsOrders({ name, args }: ProcessView): boolean {
  return /^python/.test(name) && args.slice(1).some((word) => /orders/.test(word));
}

function words({ args, name }: ProcessView): string {
  return `"${args.length > 0 ? args.join(' ') : name}"`;
}

const signalNumbers: Record<string, number> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  TERM: 15,
  STOP: 19,
  WINCH: 28,
  PWR: 30,
};

function stopSignal(config: unknown): number | undefined {
  const name =
    typeof config === 'object' && config !== null && 'StopSignal' in config
      ? String(config.StopSignal)
      : 'SIGTERM';
  const known = signalNumbers[name.toUpperCase().replace(/^SIG/, '')];
  if (known !== undefined) return known;
  return /^[1-9]\d?$/.test(name) ? Number(name) : undefined;
}

/* Sales and orders. */

interface Sale {
  number: number;
  /** Milliseconds since 1970, a whole second. */
  at: number;
  items: string;
}

async function readLedger(lab: LabView): Promise<Sale[]> {
  const text = (await lab.file(ledgerFile, { maxBytes }))?.text ?? '';
  return text.split('\n').flatMap((line) => {
    const [, number, at, items] = /^(\d+) (\S+) (.+)$/.exec(line) ?? [];
    return number === undefined || at === undefined || items === undefined
      ? []
      : [{ number: Number(number), at: Date.parse(at), items }];
  });
}

/** Sales with a receipt that are nowhere; read in an order in which none can slip through while it moves. */
async function lostOrders(lab: LabView): Promise<number[] | undefined> {
  const ledger = await readLedger(lab);
  const waiting = new Set((await heldOrders(lab)) ?? []);
  const stored = await storedOrders(lab);
  return ledger
    .filter(({ number, items }) => stored.get(number) !== items && !waiting.has(number))
    .map(({ number }) => number);
}

async function missing(lab: LabView, numbers: number[]): Promise<number[]> {
  const stored = await storedOrders(lab);
  return numbers.filter((number) => !stored.has(number));
}

async function morningWaits(lab: LabView): Promise<boolean> {
  const held = (await heldOrders(lab)) ?? [];
  return thisMorning.some((number) => held.includes(number));
}

/** The numbers that wait in the memory of the service; undefined if it does not answer. */
async function heldOrders(lab: LabView): Promise<number[] | undefined> {
  return lab.eventually(
    async () => {
      const orders = await lab.docker.container('orders');
      if (orders?.running !== true) return [];
      const answer = await lab.http(ordersUrl, { timeoutMs: 2_000 });
      return answer.status === 200 ? waitingIn(answer.text) : undefined;
    },
    { withinMs: 3_000 },
  );
}

function waitingIn(text: string): number[] | undefined {
  const state = parsed(text);
  if (
    typeof state !== 'object' ||
    state === null ||
    !('waiting' in state) ||
    !Array.isArray(state.waiting)
  )
    return undefined;
  return state.waiting.filter((number): number is number => typeof number === 'number');
}

/** What was sold, by the order's number. */
async function storedOrders(lab: LabView): Promise<Map<number, string>> {
  const path =
    (await hostPath(lab, 'orders', '/data/orders.jsonl')) ??
    '/var/lib/docker/volumes/shop-orders/_data/orders.jsonl';
  const text = (await lab.file(path, { maxBytes }))?.text ?? '';
  return new Map(
    text.split('\n').flatMap((line): [number, string][] => {
      const order = parsed(line);
      if (
        typeof order !== 'object' ||
        order === null ||
        !('number' in order) ||
        !('items' in order)
      )
        return [];
      return typeof order.number === 'number' && typeof order.items === 'string'
        ? [[order.number, order.items]]
        : [];
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function shortList(numbers: number[]): string {
  const most = 8;
  const rest = numbers.length - most;
  return numbers.slice(0, most).join(', ') + (rest > 0 ? ` and ${String(rest)} more` : '');
}
