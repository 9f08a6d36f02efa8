import type { Json, JsonObject, LabView, PortView, ProcessView } from '../../define-lab.ts';
import { defineLab, goal, guard, outcome } from '../../define-lab.ts';
import { redisHash } from '../../_shared/redis-hash.ts';

const configFile = '/etc/docker/daemon.json';
const unitFile = '/usr/lib/systemd/system/docker.service';
const shippedCommand =
  'ExecStart=/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS';
const stockFolder = '/var/lib/docker/volumes/stock-data/_data/appendonlydir';
const stock: Record<string, string> = { anchors: '12', lanterns: '58', ropes: '340' };

export default defineLab({
  title: 'Docker does not start since the new settings went in',
  minutes: 12,
  difficulty: 'easy',
  tags: ['engine', 'daemon-json', 'systemd', 'logging'],
  objectives: [
    'Find out from systemd and its journal why the engine did not start.',
    'Check a daemon.json before the engine is asked to run with it.',
    'Resolve a setting that is given both as a flag and in the file.',
    'Tell what keeps a service down: the fault, or systemd that has stopped trying.',
  ],
  curriculum: ['S2-12', 'S2-13', 'C2-1', 'C2-2'],
  hold: 'engine',
  hints: [
    {
      text: 'The engine is a service, and systemd has kept what it said before it ended, each time. The status of a service shows the last lines only; the journal of the unit has them all.',
      when: isDown,
    },
    {
      text: 'The message names the file and what the parser met there, not the line. Other programs read JSON too, and some say where they stopped. The place they name is where they noticed, often one line after the fault.',
      when: async (lab) => (await isDown(lab)) && (await fileState(lab)) === 'no JSON',
    },
    {
      text: 'It is JSON now, but each value must also be of the type that the engine expects for it: what looks like a number to us may have to be a text. The engine can check a file without starting.',
      when: async (lab) => (await isDown(lab)) && (await fileState(lab)) === 'wrong type',
    },
    {
      text: "An option of the engine has one place: its command line or its file. The engine's own check finds such a pair only if it is given the flags that the unit gives. Where does the unit get its command line from?",
      when: async (lab) => (await isDown(lab)) && (await fileState(lab)) === 'parses',
    },
    {
      text: '"Start request repeated too quickly" is not about your last change: systemd gives up after three starts in a minute and then refuses any more, until the minute is over or it is told to forget.',
      when: isDown,
    },
    {
      text: 'The engine runs. Compare what it was to do, as the ticket lists it, with what it says about itself and what answers on which port.',
      when: async (lab) => !(await isDown(lab)),
    },
  ],
  checks: [
    goal(
      'service-runs',
      'The Docker service runs and its engine answers',
      async (lab) => {
        const wanted =
          'the unit docker.service runs an engine that answers on its usual socket, and will after the next boot';
        if (!(await lab.docker.up()))
          return outcome(false, 'no engine answers on /run/docker.sock', wanted);
        const engine = (await lab.processes()).find(isEngine);
        if (!engine)
          return outcome(
            false,
            'the engine that answers was not started by docker.service',
            wanted,
          );
        if (((await lab.list('/run/systemd/system/docker.service.d')) ?? []).length > 0) {
          return outcome(
            false,
            'docker.service is changed by a file in /run, which a boot empties',
            wanted,
          );
        }
        if (!(await startsAtBoot(lab))) {
          return outcome(
            false,
            'docker.service runs, and no target of the next boot starts it',
            wanted,
          );
        }
        return outcome(true, 'the engine of docker.service answers', wanted);
      },
      { timeoutMs: 10_000 },
    ),

    goal(
      'logs-are-rotated',
      'New containers get rotated JSON logs: three files of 10 MB',
      async (lab) => {
        const wanted =
          "the driver json-file with max-size 10m and max-file 3 as the engine's default, from its file or its flags";
        if (!(await lab.docker.up()))
          return outcome(false, 'no engine runs that could have a default', wanted);
        const driver = (await lab.docker.info())['LoggingDriver'];
        const { size, files } = await logOptions(lab);
        const pass = driver === 'json-file' && isTenMegabytes(size) && files === '3';
        return outcome(
          pass,
          `driver ${show(driver)}, max-size ${show(size)}, max-file ${show(files)}`,
          wanted,
        );
      },
      { timeoutMs: 10_000 },
    ),

    goal(
      'label-and-metrics',
      'The engine has the label site=harbour and serves metrics on 127.0.0.1:9323 only',
      async (lab) => {
        const wanted = 'both, as the engine itself says and as a request to the port shows';
        if (!(await lab.docker.up())) return outcome(false, 'no engine answers', wanted);
        const labels = (await lab.docker.info())['Labels'];
        const labelled = Array.isArray(labels) && labels.includes('site=harbour');
        const metrics = await lab.http('http://127.0.0.1:9323/metrics');
        const served = metrics.status === 200 && metrics.text.includes('engine_daemon');
        const open = (await lab.ports()).find(
          ({ protocol, port, address }) =>
            protocol === 'tcp' && port === 9323 && !isLoopback(address),
        );
        if (open) {
          return outcome(
            false,
            `port 9323 is open at ${open.address}, for whoever reaches this host`,
            wanted,
          );
        }
        const seen = `${labelled ? 'the label is there' : 'no label site=harbour'}; ${served ? 'metrics are served' : `port 9323: ${metrics.error || `no metrics (${String(metrics.status)})`}`}`;
        return outcome(labelled && served, seen, wanted);
      },
      { timeoutMs: 10_000 },
    ),

    goal(
      'containers-are-back',
      'The intranet page and the stock are served again',
      async (lab) => {
        const wanted =
          'the intranet at port 8080 with its page, the stock at port 6379 with its three items';
        let seen = 'nothing answers on the ports 8080 and 6379';
        const back = await lab.eventually(
          async () => {
            const page = await lab.http('http://127.0.0.1:8080/');
            const items = await readStock(lab);
            const pageIsThere = page.status === 200 && page.text.includes('Harbour office');
            const stockIsThere = items !== undefined && sameStock(items);
            seen = `intranet ${pageIsThere ? 'serves its page' : 'does not serve its page'}, stock ${stockIsThere ? 'has its items' : 'does not answer with its items'}`;
            return pageIsThere && stockIsThere ? true : undefined;
          },
          { withinMs: (await lab.docker.up()) ? 4_000 : 0 },
        );
        return outcome(back === true, seen, wanted);
      },
      { timeoutMs: 10_000 },
    ),

    guard(
      'stock-is-kept',
      'The stock in the volume stock-data is kept',
      async (lab) => {
        const wanted = '12 anchors, 58 lanterns and 340 ropes in the volume stock-data';
        const items = await readStock(lab);
        if (items) return outcome(sameStock(items), `stock answers with ${show(items)}`, wanted);
        const written = await writtenStock(lab);
        const kept = Object.keys(stock).every((item) => written.includes(item));
        return outcome(
          kept,
          kept
            ? 'the files of the volume name the three items'
            : 'the files of the volume do not name the items',
          wanted,
        );
      },
      { timeoutMs: 10_000 },
    ),

    guard(
      'no-engine-on-the-network',
      'The engine listens on its local socket only',
      async (lab) => {
        const open = (await lab.ports()).filter(
          ({ protocol, port }) => protocol === 'tcp' && ![6379, 8080, 9323].includes(port),
        );
        const engines: string[] = [];
        for (const listener of open)
          if (await isEnginesApi(lab, listener))
            engines.push(`${listener.address}:${String(listener.port)}`);
        return outcome(
          engines.length === 0,
          engines.length === 0
            ? 'no TCP port answers as an engine'
            : `whoever reaches ${engines.join(', ')} controls the engine`,
          "no TCP port that speaks the engine's API",
        );
      },
      { timeoutMs: 10_000 },
    ),

    guard(
      'package-files-as-shipped',
      'The unit file of the package is as it was shipped',
      async (lab) => {
        const text = (await lab.file(unitFile))?.text ?? '';
        const intact = text.split('\n').includes(shippedCommand);
        return outcome(
          intact,
          intact
            ? `${unitFile} has its own command line`
            : `the command line in ${unitFile} is not the package's`,
          'changes in /etc, where an upgrade of the package leaves them alone',
        );
      },
      { timeoutMs: 10_000 },
    ),
  ],
});

async function isDown(lab: LabView): Promise<boolean> {
  return !(await lab.docker.up());
}

/** Whether a target that a boot reaches wants the service; what only a socket starts does not bring containers back. */
async function startsAtBoot(lab: LabView): Promise<boolean> {
  const targets = ['multi-user', 'graphical', 'default'];
  const folders = targets.flatMap((target) => [
    `${target}.target.wants`,
    `${target}.target.requires`,
  ]);
  const found = await Promise.all(
    folders.map((folder) => lab.list(`/etc/systemd/system/${folder}`)),
  );
  return found.some((units) => units?.some(({ name }) => name === 'docker.service'));
}

function isEngine({ name, cgroup }: ProcessView): boolean {
  return name === 'dockerd' && cgroup.endsWith('/docker.service');
}

/* What the engine is told: its file and its flags. */

async function fileState(lab: LabView): Promise<'absent' | 'no JSON' | 'wrong type' | 'parses'> {
  const file = await lab.file(configFile);
  if (!file) return 'absent';
  const options = parsed(file.text);
  if (options === undefined) return 'no JSON';
  return Object.values(logOptionsIn(options)).every((value) => typeof value === 'string')
    ? 'parses'
    : 'wrong type';
}

async function logOptions(
  lab: LabView,
): Promise<{ size: Json | undefined; files: Json | undefined }> {
  const flags = (await lab.processes()).find(({ name }) => name === 'dockerd')?.args ?? [];
  const file = await lab.file(valuesOf(flags, '--config-file').at(-1) ?? configFile);
  const options: JsonObject = logOptionsIn(parsed(file?.text ?? '') ?? {});
  for (const flag of valuesOf(flags, '--log-opt')) {
    const [key = '', ...value] = flag.split('=');
    options[key] = value.join('=');
  }
  return { size: options['max-size'], files: options['max-file'] };
}

/** `--flag value` and `--flag=value`. */
function valuesOf(args: string[], flag: string): string[] {
  return args.flatMap((word, index) => {
    if (word === flag) return args.slice(index + 1, index + 2);
    return word.startsWith(`${flag}=`) ? [word.slice(flag.length + 1)] : [];
  });
}

function logOptionsIn(config: Json): JsonObject {
  const options = isObject(config) ? config['log-opts'] : undefined;
  return options !== undefined && isObject(options) ? { ...options } : {};
}

function isTenMegabytes(size: Json | undefined): boolean {
  return typeof size === 'string' && /^(10m(i?b)?|10240k(i?b)?|10485760b?)$/i.test(size);
}

/* The stock, as redis tells it or as it lies on the disk. */

function readStock(lab: LabView): Promise<Record<string, string> | undefined> {
  return redisHash(lab, 6379, 'stock');
}

function sameStock(items: Record<string, string>): boolean {
  return Object.entries(stock).every(([item, count]) => items[item] === count);
}

async function writtenStock(lab: LabView): Promise<string> {
  const texts: string[] = [];
  for (const { name } of (await lab.list(stockFolder)) ?? []) {
    texts.push((await lab.file(`${stockFolder}/${name}`))?.text ?? '');
  }
  return texts.join('\n');
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

async function isEnginesApi(lab: LabView, { address, port }: PortView): Promise<boolean> {
  const host = ['0.0.0.0', '::', '*'].includes(address)
    ? '127.0.0.1'
    : address.includes(':')
      ? `[${address}]`
      : address;
  const answers = await Promise.all(
    ['http', 'https'].map((scheme) =>
      lab.http(`${scheme}://${host}:${String(port)}/_ping`, { timeoutMs: 1_500 }),
    ),
  );
  return answers.some(({ headers }) => 'api-version' in headers);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function show(value: Json | undefined): string {
  return value === undefined ? 'unset' : typeof value === 'string' ? value : JSON.stringify(value);
}
