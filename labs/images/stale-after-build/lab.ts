import type { FileView, ImageView, LabView, Outcome, ProcessView } from '../../define-lab.ts';
import { defineLab, goal, guard, outcome } from '../../define-lab.ts';
import { fieldsOf, jsonFields, stringOf } from '../../_shared/json-fields.ts';
import { madeByBuild } from '../../_shared/made-by-build.ts';
import { publishedOn } from '../../_shared/published-on.ts';

const port = 8080;
/** What was sent when the ticket was written; it takes a good image for the next one to be sent. */
const brokenAtRevision = 2;
const lastRevision = 4;
const source = { prices: '/srv/head-office/prices.json', notice: '/srv/board/notice.txt' };
/** What must not get into the image, as it lies in /srv/board. */
const kept = ['.env', 'node_modules/label-printer/package.json', 'notes/suppliers-october.txt'];
/** A change on its way through a build takes a few seconds. */
const underWayMs = 15_000;

export default defineLab({
  title: 'The board keeps its old prices, whatever we build',
  minutes: 20,
  difficulty: 'medium',
  tags: ['build', 'cache', 'dockerignore', 'dockerfile'],
  objectives: [
    'Read from a build’s output which steps ran and which were answered from the cache, and what each is compared by',
    'Find out what of a directory reaches a build, and why a file of it does not',
    'Change a build so that what it fetches is fetched again when it has changed',
    'Keep private files out of an image without keeping out what belongs in it',
  ],
  curriculum: ['B11-1', 'A13-1', 'A13-2'],
  hold: 'none',
  hints: [
    {
      text: 'A build that ends well has not always done its steps. Read the output of `deploy.sh` line by line: which steps ran, and what does each of the others compare to decide that nothing has changed?',
    },
    {
      text: 'Two things on the board are old, and they come into the image by two ways. Take them one at a time: does the board have the new price list? Does it have the new notice? Build once without the cache and see which of the two that changes.',
    },
    {
      text: 'A `RUN` is compared by its own text and by what it starts from. What a server says today is no part of either. Find a way of getting the list into the image that is compared by the list.',
      when: async (lab) => (await revisionInImage(lab)) !== (await sentRevision(lab)),
    },
    {
      text: 'The new notice never reaches the build, cached or not; the one on the board was in the base image. What decides which files of `/srv/board` are sent to the builder? There the last pattern that matches a file counts, and one with `!` lets it in again.',
      when: async (lab) => (await noticeInImage(lab)) !== (await text(lab, source.notice)),
    },
    {
      text: 'What was kept out of the image for a reason is in it now, and it stays in that layer even if a later step deletes it. Let in the one file that is missing.',
      when: async (lab) => !(await keptPrivate(lab)).pass,
    },
    {
      text: 'The image is right once. The night desk sends one revision after the other and calls `deploy.sh` for each: what you did by hand, that script or the Dockerfile has to do.',
      when: async (lab) =>
        ((await sentRevision(lab)) ?? 0) > brokenAtRevision && !(await allRevisions(lab)).pass,
    },
  ],
  checks: [
    goal('shown', 'The board shows the list and the notice that were sent last', shown, {
      timeoutMs: 20_000,
    }),
    goal('in-image', 'The image itself holds that list and that notice', inImage, {
      timeoutMs: 20_000,
    }),
    goal('every-revision', 'Every revision of the night got through by itself', allRevisions, {
      timeoutMs: 20_000,
    }),
    guard('private', 'Password, notes and node_modules are not in the image', keptPrivate),
    guard('head-office', 'Head office serves its price list', headOffice),
  ],
});

async function shown(lab: LabView): Promise<Outcome> {
  await underWay(lab);
  const wanted = `http://localhost:${port}/board.json has the revision of ${source.prices} and the words of ${source.notice}`;
  const board = await readBoard(lab);
  if (typeof board === 'string') return outcome(false, board, wanted);
  const [revision, notice] = [await sentRevision(lab), await text(lab, source.notice)];
  const seen = [
    board.revision === revision
      ? `revision ${revision} of the prices`
      : `revision ${board.revision ?? 'none'} of the prices, sent was ${revision ?? 'none'}`,
    board.notice === notice
      ? 'the new notice'
      : `the notice “${board.notice}”, sent was “${notice}”`,
  ];
  return outcome(
    board.revision === revision && board.notice === notice,
    `the board shows ${seen.join(' and ')}`,
    wanted,
  );
}

async function inImage(lab: LabView): Promise<Outcome> {
  await underWay(lab);
  const wanted =
    'prices.json and notice.txt as they were sent, in /app of the image that the board runs; mounted or copied in does not count';
  const image = await boardImage(lab);
  if (image === undefined) return outcome(false, `no container publishes port ${port}`, wanted);
  const [revision, notice] = [await revisionInImage(lab), await noticeInImage(lab)];
  const [sent, sentNotice] = [await sentRevision(lab), await text(lab, source.notice)];
  const seen = [
    revision === sent
      ? `revision ${sent} of the prices`
      : `revision ${revision ?? 'none'} of the prices, sent was ${sent ?? 'none'}`,
    notice === sentNotice ? 'the new notice' : `the notice “${notice ?? ''}”`,
  ];
  if (revision !== sent || notice !== sentNotice)
    return outcome(false, `the image holds ${seen.join(' and ')}`, wanted);
  return (await madeByBuild(lab, image.id))
    ? outcome(true, `the image holds ${seen.join(' and ')}`, wanted)
    : outcome(
        false,
        'the image holds both, and was made from a container: no build makes it again',
        wanted,
      );
}

async function allRevisions(lab: LabView): Promise<Outcome> {
  await underWay(lab);
  const wanted = `revisions 2 to ${lastRevision} sent by the night desk one after the other, each as soon as the last is on the board`;
  const [sent, board] = [await sentRevision(lab), await readBoard(lab)];
  if (typeof board === 'string') return outcome(false, board, wanted);
  const seen = `revision ${sent ?? 'none'} of ${lastRevision} was sent, ${board.revision ?? 'none'} is on the board`;
  const through =
    sent === lastRevision &&
    board.revision === lastRevision &&
    board.notice === (await text(lab, source.notice));
  return outcome(through, through ? seen : `${seen}, and the notice “${board.notice}”`, wanted);
}

async function keptPrivate(lab: LabView): Promise<Outcome> {
  const wanted = `${kept.join(', ')} in /srv/board, and in no layer of the board’s image`;
  const gone = await missing(lab);
  if (gone.length > 0) return outcome(false, `no longer in /srv/board: ${gone.join(', ')}`, wanted);
  const image = await boardImage(lab);
  if (image === undefined) return outcome(true, `no container publishes port ${port}`, wanted);
  const directories = [...new Set(['/app', image.workingDir.replace(/\/$/, '')])];
  const found: string[] = [];
  for (const layer of layersOf(image)) {
    for (const path of directories.flatMap((directory) =>
      kept.map((name) => `${directory}/${name}`),
    )) {
      if ((await lab.file(layer + path, { maxBytes: 0 }))?.type === 'file') found.push(path);
    }
  }
  return found.length === 0
    ? outcome(true, 'none of them is in the image', wanted)
    : outcome(false, `in the image: ${[...new Set(found)].join(', ')}`, wanted);
}

async function missing(lab: LabView): Promise<string[]> {
  const files = await Promise.all(
    kept.map((name) => lab.file(`/srv/board/${name}`, { maxBytes: 0 })),
  );
  return kept.filter((_, index) => files[index] === undefined);
}

async function headOffice(lab: LabView): Promise<Outcome> {
  const wanted = 'http://10.20.0.10/prices.json answers with the price list';
  const { status, text: list, error } = await lab.http('http://10.20.0.10/prices.json');
  const revision = revisionOf(list);
  if (status === 200 && revision !== undefined)
    return outcome(true, `it serves revision ${revision}`, wanted);
  return outcome(false, status === 0 ? error : `it answers ${status}`, wanted);
}

/** Waits while a deployment runs, or is about to: then what is seen says nothing yet. Answers at once else. */
async function underWay(lab: LabView): Promise<void> {
  await lab.eventually(async () => ((await isUnderWay(lab)) ? undefined : true), {
    withinMs: underWayMs,
  });
}

async function isUnderWay(lab: LabView): Promise<boolean> {
  const processes = await lab.processes();
  if (processes.some(runsDeployment)) return true;
  const board = await readBoard(lab);
  if (typeof board === 'string') return justStarted(lab);
  const sent = await sentRevision(lab);
  if (sent === undefined || sent >= lastRevision) return false;
  return board.revision === sent && board.notice === (await text(lab, source.notice));
}

/** The kernel puts the shell of the script’s first line before its path; an editor or a pager is no shell. */
function runsDeployment({ args: [program = '', script = ''] }: ProcessView): boolean {
  return /(^|\/)(ba|da)?sh$/.test(program) && /(^|\/)deploy\.sh$/.test(script);
}

const startMs = 5_000;

async function justStarted(lab: LabView): Promise<boolean> {
  const container = await publishedOn(lab, port);
  return container !== undefined && Date.now() - Date.parse(container.startedAt) < startMs;
}

interface Board {
  revision: number | undefined;
  notice: string;
}

/** The board, or what is wrong with it. */
async function readBoard(lab: LabView): Promise<Board | string> {
  const { status, text: body, error } = await lab.http(`http://127.0.0.1:${port}/board.json`);
  if (status === 0) return `nobody answers on port ${port}: ${error}`;
  if (status !== 200) return `the board answers ${status}: ${body.trim().slice(0, 200)}`;
  return { revision: revisionOf(body), notice: stringOf(jsonFields(body)['notice']) };
}

async function sentRevision(lab: LabView): Promise<number | undefined> {
  return revisionOf((await text(lab, source.prices)) ?? '');
}

async function revisionInImage(lab: LabView): Promise<number | undefined> {
  return revisionOf((await inTopmostLayer(lab, '/app/prices.json'))?.text ?? '');
}

async function noticeInImage(lab: LabView): Promise<string | undefined> {
  return (await inTopmostLayer(lab, '/app/notice.txt'))?.text.trim();
}

/** A file as the image has it, whatever a container writes or mounts over it. */
async function inTopmostLayer(lab: LabView, path: string): Promise<FileView | undefined> {
  const image = await boardImage(lab);
  for (const layer of image === undefined ? [] : layersOf(image)) {
    const file = await lab.file(layer + path);
    // A deleted file is a device in the layer that deletes it.
    if (file !== undefined) return file.type === 'file' ? file : undefined;
  }
  return undefined;
}

/** Directories of overlay2, the topmost first. */
function layersOf({ raw }: ImageView): string[] {
  const { UpperDir, LowerDir } = fieldsOf(fieldsOf(raw['GraphDriver'])['Data']);
  return [stringOf(UpperDir), ...stringOf(LowerDir).split(':')].filter((path) => path !== '');
}

async function boardImage(lab: LabView): Promise<ImageView | undefined> {
  const board = await publishedOn(lab, port);
  return board && lab.docker.image(board.imageId);
}

async function text(lab: LabView, path: string): Promise<string | undefined> {
  return (await lab.file(path))?.text.trim();
}

function revisionOf(json: string): number | undefined {
  const { revision } = jsonFields(json);
  return typeof revision === 'number' ? revision : undefined;
}
