import { defineLab, goal, guard, outcome } from '../../define-lab.ts';
import type { ContainerView, HttpView, LabView, Outcome } from '../../define-lab.ts';
import { builtOn } from '../../_shared/built-on.ts';
import { httpWords } from '../../_shared/http-words.ts';
import { onceUp } from '../../_shared/once-up.ts';
import { publishedOn, runningContainers } from '../../_shared/published-on.ts';

const machine = '192.168.50.1';
const healthUrl = 'http://127.0.0.1:8080/health';
const ordersUrl = `http://${machine}:8080/orders`;
const labelsUrl = `http://${machine}:8081/`;
const adminUrl = 'http://127.0.0.1:9000/';
/** A dropped packet is only told by waiting. */
const giveUpMs = 1_000;

export default defineLab({
  title: 'The scanners get no orders from the new machine',
  minutes: 20,
  difficulty: 'medium',
  tags: ['networking', 'iptables', 'ports', 'compose'],
  objectives: [
    'Follow a published port from the asking machine to the program, one hop at a time',
    'Tell "reset", "refused" and "timed out" apart and say where each comes from',
    'Write a rule for DOCKER-USER that means one published port and no other',
  ],
  curriculum: ['C12-1', 'C12-3', 'A29-3'],
  hold: 'engine',
  hints: [
    {
      text: 'Follow the packet: the scanner, this machine’s address, what publishes the port, the container, the program in it. Ask at each place, and begin at the far end: does the program answer inside its own container?',
      when: async (lab) => !isOrders(await fromHere(lab)),
    },
    {
      text: '"Connection reset by peer" means that somebody took the connection and found nobody behind it. The port is published; look what the program in the container `orders` says it listens on, and compare with `admin`.',
      when: async (lab) => !isOrders(await fromHere(lab)),
    },
    {
      text: 'A container has a loopback of its own. What listens on 127.0.0.1 in there can be reached from in there alone; the engine delivers to the container’s other address.',
      when: async (lab) => !isOrders(await fromHere(lab)),
    },
    {
      text: 'The orders answer on this machine and time out at the scanner, while the labels reach it. Silence instead of a refusal is a dropped packet: look which rule’s counter grows while the scanner asks.',
      when: async (lab) => isOrders(await fromHere(lab)) && !(await scannerHasOrders(lab)),
    },
    {
      text: 'When a packet comes to the chain FORWARD, its destination has been rewritten to the container’s address and port already. Two of the published services share the port behind it. The connection’s entry in the kernel still knows which port was asked for.',
      when: async (lab) =>
        !(await scannerHasOrders(lab)) && (await fromScanner(lab, labelsUrl)).status === 200,
    },
    {
      text: 'Look at what runs whenever the engine starts, before you call a rule gone.',
      when: (lab) => scannerHasOrders(lab),
    },
  ],
  checks: [
    goal(
      'answers-here',
      'The orders answer on this machine',
      async (lab) => {
        const containers = [await publishedOn(lab, 8080)];
        const answer = await onceUp(lab, containers, () => fromHere(lab), isOrders);
        return outcome(
          isOrders(answer),
          httpWords(healthUrl, answer),
          `${healthUrl} says that the orders’ service is well`,
        );
      },
      { timeoutMs: 15_000 },
    ),
    goal(
      'answers-scanner',
      'The scanner gets its orders',
      async (lab) => {
        const containers = [await publishedOn(lab, 8080)];
        const answer = await onceUp(lab, containers, () => fromScanner(lab, ordersUrl), hasOrders);
        return outcome(
          hasOrders(answer),
          `at the scanner, ${httpWords(ordersUrl, answer)}`,
          `at the scanner, ${ordersUrl} lists what is to be picked`,
        );
      },
      { timeoutMs: 15_000 },
    ),
    guard(
      'admin-closed',
      'The admin page stays closed to the warehouse',
      async (lab) => {
        const published = Object.values((await publishedOn(lab, 9000))?.ports ?? {}).flat();
        const ports = [...new Set([9000, ...published.map(({ port }) => port)])];
        const tried = await Promise.all(ports.map((port) => scannerConnects(lab, machine, port)));
        const open = ports.filter((_, index) => tried[index]);
        const seen = open.length === 0 ? 'gets no connection' : 'connects';
        return outcome(
          open.length === 0,
          `the scanner ${seen} to ${machine}, port ${(open.length === 0 ? ports : open).join(', ')}`,
          'from the warehouse’s network nobody gets a connection to the admin page, at port 9000 of this machine’s address or at any other',
        );
      },
      { timeoutMs: 10_000 },
    ),
    guard(
      'admin-here',
      'The admin page answers on this machine',
      async (lab) => {
        const containers = [await publishedOn(lab, 9000)];
        const answer = await onceUp(lab, containers, () => lab.http(adminUrl), isAdmin);
        return outcome(
          isAdmin(answer),
          httpWords(adminUrl, answer),
          `${adminUrl} shows the admin page`,
        );
      },
      { timeoutMs: 15_000 },
    ),
    guard('store-closed', 'The store stays out of the warehouse’s reach', storeClosed),
    guard('docker-filters', 'Docker’s own packet rules are in force', async (lab) => {
      const rules = await lab.rules('iptables');
      const wanted = [
        '-A FORWARD -j DOCKER-USER',
        '-A FORWARD -j DOCKER-ISOLATION-STAGE-1',
        ':DOCKER ',
      ];
      const missing = wanted.filter((rule) => !rules.includes(rule));
      return outcome(
        missing.length === 0,
        missing.length === 0
          ? 'FORWARD leads through Docker’s chains'
          : `missing: ${missing.join(', ').trim()}`,
        'the chains that Docker keeps in the tables filter and nat, with the jumps to them',
      );
    }),
    guard(
      'published-by-docker',
      'Port 8080 is a container’s, published, without extra rights',
      async (lab) => {
        const app = await publishedOn(lab, 8080);
        return outcome(
          app?.privileged === false && app.networkMode !== 'host',
          app
            ? `${app.name} publishes 8080: image ${app.image}, network ${app.networkMode}, privileged: ${app.privileged ? 'yes' : 'no'}`
            : 'no running container publishes port 8080',
          'a container publishes port 8080, unprivileged and not in the host’s network',
        );
      },
    ),
    guard(
      'labels-up',
      'The scanner still gets its labels',
      async (lab) => {
        const containers = [await publishedOn(lab, 8081)];
        const answer = await onceUp(lab, containers, () => fromScanner(lab, labelsUrl), isLabels);
        const seen = isLabels(answer) ? `${labelsUrl} shows them` : httpWords(labelsUrl, answer);
        return outcome(
          isLabels(answer),
          `at the scanner, ${seen}`,
          `at the scanner, ${labelsUrl} shows the label sheet`,
        );
      },
      { timeoutMs: 15_000 },
    ),
  ],
});

/** Not published at all; an address of its own can be reached only if the machine forwards what nobody allowed. */
async function storeClosed(lab: LabView): Promise<Outcome> {
  const wanted =
    'port 6379 answers the scanner neither at this machine nor at the store’s own address';
  if (await scannerConnects(lab, machine, 6379)) {
    return outcome(false, `the scanner connects to ${machine}:6379`, wanted);
  }
  const addresses = Object.values((await findStore(lab))?.addresses ?? {});
  for (const address of addresses) {
    if (await scannerConnects(lab, address, 6379))
      return outcome(false, `the scanner connects to ${address}:6379`, wanted);
  }
  return outcome(
    true,
    `the scanner gets no connection to ${[machine, ...addresses].join(' or ')}, port 6379`,
    wanted,
  );
}

async function findStore(lab: LabView): Promise<ContainerView | undefined> {
  for (const container of await runningContainers(lab)) {
    if (await builtOn(lab, container, 'redis:8')) return container;
  }
  return undefined;
}

function fromHere(lab: LabView): Promise<HttpView> {
  return lab.http(healthUrl);
}

async function fromScanner(lab: LabView, url: string): Promise<HttpView> {
  const pid = await scannerPid(lab);
  if (pid === undefined)
    return {
      status: 0,
      headers: {},
      text: '',
      error: 'the scanner is not there (scanner.service)',
    };
  return lab.http(url, { pid, timeoutMs: giveUpMs });
}

async function scannerHasOrders(lab: LabView): Promise<boolean> {
  return hasOrders(await fromScanner(lab, ordersUrl));
}

async function scannerConnects(lab: LabView, host: string, port: number): Promise<boolean> {
  const pid = await scannerPid(lab);
  return pid !== undefined && (await lab.tcp(host, port, { pid })).open;
}

/** The process that stands for the scanner, in the network namespace `scanner`. */
async function scannerPid(lab: LabView): Promise<number | undefined> {
  const processes = await lab.processes();
  return processes.find(
    ({ cgroup, name }) => cgroup.endsWith('/scanner.service') && name === 'sleep',
  )?.pid;
}

function isOrders({ status, text }: HttpView): boolean {
  return status === 200 && text.includes('"service":"orders"');
}

function hasOrders({ status, text }: HttpView): boolean {
  return (
    status === 200 &&
    ['1207 3x rope', '1208 1x anchor', '1209 8x shackle'].every((order) => text.includes(order))
  );
}

function isAdmin({ status, text }: HttpView): boolean {
  return status === 200 && text.includes('"service":"admin"');
}

function isLabels({ status, text }: HttpView): boolean {
  return status === 200 && text.includes('Aisle A to F, printed on yellow');
}
