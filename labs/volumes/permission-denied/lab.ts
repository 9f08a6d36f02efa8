import { defineLab, goal, guard, outcome } from '../../define-lab.ts';
import type {
  ContainerView,
  FileOptions,
  FileView,
  HttpView,
  LabView,
  ProcessView,
} from '../../define-lab.ts';
import { builtOn } from '../../_shared/built-on.ts';
import { httpWords } from '../../_shared/http-words.ts';
import { onceUp } from '../../_shared/once-up.ts';
import { publishedOn } from '../../_shared/published-on.ts';

const volumeName = 'receipts-data';
const healthUrl = 'http://127.0.0.1:8080/health';
const bookkeepingUrl = 'http://127.0.0.1:8082/harbour/1042.json';
/** What no version of the program changes in a receipt; a refund adds to it. */
const receipts: Record<string, { lines: string[]; total: string }> = {
  'harbour/1038': { lines: ['2 rye loaf', '1 butter 250 g'], total: '11.40' },
  'harbour/1039': { lines: ['6 cardamom bun'], total: '21.00' },
  'harbour/1040': { lines: ['1 wedding cake, deposit'], total: '150.00' },
  'harbour/1041': { lines: ['3 baguette'], total: '8.70' },
  'harbour/1042': { lines: ['1 rye loaf', '2 cardamom bun'], total: '11.20' },
  'market/310': { lines: ['4 cheese roll'], total: '14.00' },
  'market/311': { lines: ['1 apple tart'], total: '24.50' },
  'market/312': { lines: ['2 rye loaf'], total: '8.40' },
  'station/77': { lines: ['1 coffee', '1 croissant'], total: '5.90' },
  'station/78': { lines: ['2 coffee'], total: '6.00' },
};
const journalStart =
  'stored harbour/1038\nstored market/310\nstored harbour/1039\nstored station/77\nstored harbour/1040\n' +
  'stored market/311\nstored harbour/1041\nstored market/312\namended harbour/1041\nstored station/78\nstored harbour/1042\n';

export default defineLab({
  title: 'The tills cannot store receipts since the update to 1.5',
  minutes: 15,
  difficulty: 'medium',
  tags: ['volumes', 'permissions', 'users', 'compose'],
  objectives: [
    'Compare the user a container’s process runs as with the owner of what it must write',
    'Hand a volume to another user without opening it to everybody and without losing a byte',
    'Find what else on the machine decides about an owner before calling a repair done',
  ],
  curriculum: ['A35-2', 'S1-18', 'S3-41'],
  hold: 'engine',
  hints: [
    {
      text: 'The error names a path. Two facts decide whether a process may write there: who the process is, and to whom the path belongs and with which mode. Collect both for `/data/harbour`.',
      when: async (lab) => !isWell(await lab.http(healthUrl)),
    },
    {
      text: 'Version 1.4 could write, and the volume has not changed since. What about the two images differs besides the program?',
      when: async (lab) => !isWell(await lab.http(healthUrl)),
    },
    {
      text: 'The kernel compares numbers; names do not matter. Either the files get the number that the process has, or the process the number that the files have, or both get a group in common. A container that runs once, as root, with the volume mounted, is one way to get at the files.',
      when: async (lab) => !isWell(await lab.http(healthUrl)),
    },
    {
      text: 'Some of it can be written now. The service also adds to a journal and amends receipts that are there already: `/health` lists what is still shut.',
      when: async (lab) =>
        failedPaths(await lab.http(healthUrl)) > 0 && failedPaths(await lab.http(healthUrl)) < 14,
    },
    {
      text: 'It works now. Will it after the next start of the engine? Something on this machine has an opinion about the volume’s owner: look at what systemd runs before `docker.service`.',
      when: async (lab) => isWell(await lab.http(healthUrl)) && (await ownedByAnother(lab)),
    },
  ],
  checks: [
    goal(
      'stores-receipts',
      'The service can store, amend and journal receipts again',
      async (lab) => {
        const containers = [await publishedOn(lab, 8080)];
        const health = await onceUp(lab, containers, () => lab.http(healthUrl), isWell);
        const wanted = `${healthUrl} says that every folder, receipt and journal can be written, and the volume shows its trial`;
        if (!isWell(health)) return outcome(false, sickness(health), wanted);
        // Its trial makes a file in each folder and removes it: the folder in the volume must have felt that.
        // A question of its own (`maxBytes`), so that the answer is no older than the trial.
        const folder = await inVolume(lab, 'harbour', { maxBytes: 0 });
        const quietFor = Math.abs(Date.now() / 1000 - (folder?.mtime ?? 0));
        const felt = quietFor < 60;
        return outcome(
          felt,
          felt
            ? `${healthUrl} is well, and the folder harbour has just been written to`
            : `${healthUrl} is well, but nobody writes to the folder harbour of ${volumeName}`,
          wanted,
        );
      },
      { timeoutMs: 15_000 },
    ),
    guard('receipts-kept', 'Every old receipt and the journal are unchanged', async (lab) => {
      const lost: string[] = [];
      for (const [path, written] of Object.entries(receipts)) {
        if (!holds(await inVolume(lab, `${path}.json`), written)) lost.push(path);
      }
      const journal = await inVolume(lab, 'journal.log');
      if (journal?.text.startsWith(journalStart) !== true) lost.push('journal.log');
      return outcome(
        lost.length === 0,
        lost.length === 0
          ? `${volumeName} holds all ten receipts and the journal`
          : `missing or changed in ${volumeName}: ${lost.join(', ')}`,
        `the ten receipts of before the update and the journal’s lines, in the volume ${volumeName}`,
      );
    }),
    guard(
      'not-open-to-all',
      'Nothing in the volume is open for everybody to write',
      async (lab) => {
        const open = (await everything(lab)).filter(({ file }) => (file.mode & 0o002) !== 0);
        const first = open[0];
        return outcome(
          open.length === 0,
          first
            ? `${inWords(first.path)} has mode ${first.file.mode.toString(8)}`
            : 'no file or folder is writable for all',
          'the last digit of every mode in the volume without the right to write',
        );
      },
    ),
    guard('not-root', 'The service runs as an ordinary user', async (lab) => {
      const app = await publishedOn(lab, 8080);
      const programs = app ? await programsOf(lab, app) : [];
      const users = [...new Set(programs.map(({ uid }) => uid))];
      const fine = app?.privileged === false && programs.length > 0 && !users.includes(0);
      return outcome(
        fine,
        app
          ? `receipts.py runs as user ${users.join(', ') || 'nobody: it does not run'}${app.privileged ? ', privileged' : ''}`
          : 'no running container publishes port 8080',
        'the process of receipts.py has another user than 0, and its container is not privileged',
      );
    }),
    guard('same-volume', 'The service works on the same volume', async (lab) => {
      const mounts = (await publishedOn(lab, 8080))?.mounts ?? [];
      const data = mounts.find(({ destination }) => destination === '/data');
      const same = data?.type === 'volume' && data.name === volumeName && data.rw;
      const seen = data
        ? `${data.type} ${data.name ?? data.source}${data.rw ? '' : ', read-only'}`
        : 'nothing';
      return outcome(
        same,
        `${seen} at /data`,
        `the volume ${volumeName} at /data, for reading and writing`,
      );
    }),
    guard(
      'version-stays',
      'Version 1.5 stays',
      async (lab) => {
        const app = await publishedOn(lab, 8080);
        const health = await onceUp(lab, [app], () => lab.http(healthUrl), isNewVersion);
        const built = app !== undefined && (await builtOn(lab, app, 'receipts:1.5'));
        return outcome(
          built && isNewVersion(health),
          app
            ? `${app.name} runs from ${app.image}; ${httpWords(healthUrl, health)}`
            : 'no running container publishes port 8080',
          'a container of receipts:1.5, or of an image built on it, answers on port 8080',
        );
      },
      { timeoutMs: 15_000 },
    ),
    guard(
      'bookkeeping-reads',
      'The bookkeepers can read every receipt',
      async (lab) => {
        const containers = [await publishedOn(lab, 8082)];
        const answer = await onceUp(lab, containers, () => lab.http(bookkeepingUrl), isReceipt);
        if (!isReceipt(answer))
          return outcome(
            false,
            httpWords(bookkeepingUrl, answer),
            `${bookkeepingUrl} shows the receipt`,
          );
        const shut = (await everything(lab)).find(
          ({ file }) => (file.mode & readableBits(file)) !== readableBits(file),
        );
        return outcome(
          shut === undefined,
          shut
            ? `${inWords(shut.path)} has mode ${shut.file.mode.toString(8)}`
            : `${bookkeepingUrl} shows the receipt`,
          'bookkeeping (port 8082) shows receipts; its nginx reads them as neither owner nor group',
        );
      },
      { timeoutMs: 15_000 },
    ),
  ],
});

function isWell({ status, text }: HttpView): boolean {
  return status === 200 && text.includes('"status":"ok"');
}

function isNewVersion({ text }: HttpView): boolean {
  return text.includes('"version":"1.5"');
}

function isReceipt({ status, text }: HttpView): boolean {
  return status === 200 && text.includes('"number": 1042') && text.includes('2 cardamom bun');
}

function failedPaths({ text }: HttpView): number {
  return text.split('[Errno').length - 1;
}

function sickness(health: HttpView): string {
  const first = /\[Errno[^"]*/.exec(health.text)?.[0];
  return first === undefined
    ? httpWords(healthUrl, health)
    : `${healthUrl} counts ${String(failedPaths(health))} that fail, the first: ${first}`;
}

function holds(file: FileView | undefined, written: { lines: string[]; total: string }): boolean {
  const parts = [...written.lines, written.total];
  return file !== undefined && parts.every((part) => file.text.includes(`"${part}"`));
}

async function inVolume(
  lab: LabView,
  path: string,
  options?: FileOptions,
): Promise<FileView | undefined> {
  return (await lab.docker.volume(volumeName))?.file(path, options);
}

/** The volume's root, its folders and their files. */
async function everything(lab: LabView): Promise<{ path: string; file: FileView }[]> {
  const volume = await lab.docker.volume(volumeName);
  if (!volume) return [];
  const found: { path: string; file: FileView }[] = [];
  const walk = async (path: string): Promise<void> => {
    const file = await volume.file(path);
    if (!file || file.type === 'link') return;
    found.push({ path, file });
    if (file.type !== 'directory') return;
    const names = (await lab.list(`${volume.mountpoint}/${path}`)) ?? [];
    // A trial of the program's own may be gone before it is looked at.
    for (const { name } of names)
      if (!name.startsWith('.probe-')) await walk(path === '.' ? name : `${path}/${name}`);
  };
  await walk('.');
  return found;
}

function inWords(path: string): string {
  return path === '.' ? 'the volume itself' : path;
}

function readableBits({ type }: FileView): number {
  return type === 'directory' ? 0o005 : 0o004;
}

/** The program itself, not what may have started it. */
async function programsOf(lab: LabView, app: ContainerView): Promise<ProcessView[]> {
  const processes = await lab.processes();
  const inside = processes.find(({ pid }) => pid === app.pid)?.namespaces.pid;
  return processes.filter(
    ({ namespaces, name, args }) =>
      namespaces.pid === inside &&
      name.startsWith('python') &&
      args.some((arg) => arg.endsWith('receipts.py')),
  );
}

/** Whether the unit that runs before the engine would take the volume away from who can write it now. */
async function ownedByAnother(lab: LabView): Promise<boolean> {
  const owner = /^RECEIPTS_OWNER=["']?(\d+)/m.exec(
    (await lab.file('/etc/default/receipts'))?.text ?? '',
  )?.[1];
  const folder = await inVolume(lab, 'harbour');
  return owner !== undefined && folder !== undefined && Number(owner) !== folder.uid;
}
