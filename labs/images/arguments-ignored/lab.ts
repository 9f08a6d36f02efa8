import type { ContainerView, LabView, Outcome, ProcessView } from '../../define-lab.ts';
import { defineLab, goal, guard, outcome } from '../../define-lab.ts';
import { catches, isInit } from '../../_shared/catches.ts';
import { jsonFields, stringOf } from '../../_shared/json-fields.ts';
import { madeByBuild } from '../../_shared/made-by-build.ts';
import { publishedOn } from '../../_shared/published-on.ts';

interface Board {
  name: string;
  port: number;
  /** What it is given on its command line; nothing means the image's own defaults. */
  given: string[];
  harbour: string;
  title: string;
  unit: string;
}

const office: Board = {
  name: 'office',
  port: 8080,
  given: [],
  harbour: 'pilot-station',
  title: 'pilot-station',
  unit: 'm',
};
const skarvik: Board = {
  name: 'skarvik',
  port: 8081,
  given: ['--harbour', 'skarvik', '--title', 'Skarvik & the outer isles'],
  harbour: 'skarvik',
  title: 'Skarvik & the outer isles',
  unit: 'm',
};
const eastness: Board = {
  name: 'eastness',
  port: 8082,
  given: ['--harbour', 'eastness'],
  harbour: 'eastness',
  title: 'eastness',
  unit: 'ft',
};
const boards = [office, skarvik, eastness];
const sigterm = 15;

export default defineLab({
  title: 'Every tide board shows the demo table',
  minutes: 15,
  difficulty: 'medium',
  tags: ['dockerfile', 'entrypoint', 'cmd', 'shell'],
  objectives: [
    'Predict what a container runs from the two forms of ENTRYPOINT and CMD and the arguments it is given',
    'Say which of the forms replaces variables, and who does the replacing',
    'Write an entrypoint that hands on its arguments word by word and lets the program have the signals',
  ],
  curriculum: ['A15-2', 'C21-1', 'S3-26', 'S3-36'],
  hold: 'engine',
  hints: [
    {
      text: 'Compare three things: the arguments a board was given, what its image is set to run, and the command line of the process that really runs in it. Where do the arguments get lost?',
    },
    {
      text: 'Look at how the image holds its entrypoint. Written as plain text it is a command for `/bin/sh -c`, and what Docker appends becomes the shell’s positional parameters. Does this command use them?',
      when: ignoresArguments,
    },
    {
      text: 'Written as a list there is no shell, and so nobody who replaces `$TIDE_UNIT`: the program gets those ten characters. Either something else reads the variable, or a shell stays and passes its arguments on.',
    },
    {
      text: 'A shell hands on all its arguments as they came only by `"$@"`, in double quotes. In `sh -c` the first word after the command is not an argument but the shell’s own name.',
      when: crashed,
    },
    {
      text: 'The image answers its arguments now; the boards that run were made from the one before.',
      when: async (lab) =>
        !(await ignoresArguments(lab, 'tides:1')) && (await ignoresArguments(lab)),
    },
  ],
  checks: [
    goal('office', 'Without arguments a board shows the pilot station, in metres', (lab) =>
      shows(lab, office),
    ),
    goal('skarvik', 'The board of Skarvik shows Skarvik, under its whole title', (lab) =>
      shows(lab, skarvik),
    ),
    goal('eastness', 'The board of Eastness shows Eastness, in feet', (lab) =>
      shows(lab, eastness),
    ),
    goal('stops', 'A stop reaches the program of every board', stopReachesProgram),
    guard('arguments-stay', 'The boards are told what to show as before', toldAsBefore),
    guard('built', 'The boards’ image is built by a Dockerfile', built),
  ],
});

/** What the page says, and that it says so because of what the process was told. */
async function shows(lab: LabView, board: Board): Promise<Outcome> {
  const { harbour, title, unit } = board;
  const wanted = `port ${board.port} shows ${harbour} titled “${title}” in ${unit}, as the arguments ask of the image’s own entrypoint`;
  const page = await lab.http(`http://127.0.0.1:${board.port}/`);
  if (page.status !== 200) return outcome(false, await whyDark(lab, board, page.error), wanted);
  const shown = read(page.text);
  const seen = `port ${board.port} shows ${shown.harbour} titled “${shown.title}” in ${shown.unit}`;
  if (shown.harbour !== harbour || shown.title !== title || shown.unit !== unit)
    return outcome(false, seen, wanted);
  const container = await publishedOn(lab, board.port);
  if (container === undefined)
    return outcome(false, `${seen}, from no container that publishes this port`, wanted);
  const image = await lab.docker.image(container.imageId);
  if (image !== undefined && !same(container.entrypoint, image.entrypoint)) {
    return outcome(
      false,
      `${seen}, by an entrypoint that ${container.name} was given and the image has not`,
      wanted,
    );
  }
  const arrived = board.given.length > 0 ? board.given : container.cmd;
  const processes = await processesOf(lab, container);
  // A shell that was given them and does not pass them on has them in its own arguments.
  if (!processes.some(({ args }) => !isShell(args) && hasRun(args, arrived))) {
    return outcome(
      false,
      `${seen}, but no program of ${container.name} was told ${arrived.join(' ')}`,
      wanted,
    );
  }
  return outcome(true, seen, wanted);
}

async function whyDark(lab: LabView, { name, port }: Board, error: string): Promise<string> {
  const container = await lab.docker.container(name);
  if (container === undefined || container.status === 'running')
    return `nobody answers on port ${port}: ${error}`;
  const last = (await lab.docker.logs(name, { tail: 3 })).trim().split('\n').at(-1) ?? '';
  return `${name} is ${container.status} (exit code ${container.exitCode}): ${last}`;
}

function read(text: string): { harbour: string; title: string; unit: string } {
  const board = jsonFields(text);
  return {
    harbour: stringOf(board['harbour']),
    title: stringOf(board['title']),
    unit: stringOf(board['unit']),
  };
}

async function processesOf(lab: LabView, { pid }: ContainerView): Promise<ProcessView[]> {
  const all = await lab.processes();
  const first = all.find((process) => process.pid === pid);
  return all.filter((process) => process.namespaces.pid === first?.namespaces.pid);
}

function same(one: string[], other: string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index]);
}

/** Whether the words stand in it one after the other. */
function hasRun(words: string[], run: string[]): boolean {
  return words.some((_, start) => run.every((word, index) => words[start + index] === word));
}

async function toldAsBefore(lab: LabView): Promise<Outcome> {
  const wanted =
    'boards with the arguments that compose.yaml gave them, and with TIDE_UNIT for Eastness alone';
  const seen: string[] = [];
  for (const board of boards) {
    const container = await publishedOn(lab, board.port);
    const image = container && (await lab.docker.image(container.imageId));
    if (container === undefined || image === undefined) continue;
    const given = same(container.cmd, image.cmd) ? [] : container.cmd;
    if (!same(given, board.given)) seen.push(`${board.name} is given ${JSON.stringify(given)}`);
    const unit = container.env['TIDE_UNIT'];
    const own = unit !== image.env['TIDE_UNIT'];
    if (own !== (board === eastness) && unit !== undefined)
      seen.push(`${board.name} is given TIDE_UNIT=${unit}`);
    if (board === eastness && unit === undefined) seen.push('eastness is given no TIDE_UNIT');
  }
  return seen.length === 0
    ? outcome(true, 'all have their arguments and their environment', wanted)
    : outcome(false, seen.join('; '), wanted);
}

/**
 * From process 1 of a board down to its program, nobody may keep the signal to itself. Whether a handler really passes it
 * on shows only after a stop, in what the program says then: that of the hold brings it to light.
 */
async function stopReachesProgram(lab: LabView): Promise<Outcome> {
  const wanted =
    'a stop gets from process 1 of every board to the program, which then says in its log that it is closed';
  const processes = await lab.processes();
  const seen: string[] = [];
  for (const board of boards) {
    const container = await publishedOn(lab, board.port);
    const first = processes.find(({ pid }) => pid === container?.pid);
    if (container === undefined || first === undefined)
      return outcome(false, `the board on port ${board.port} is not running`, wanted);
    const way = [first];
    for (const parent of way) {
      way.push(...processes.filter(({ ppid, state }) => ppid === parent.pid && state !== 'Z'));
      if (!isInit(parent) && !(await catches(lab, parent, sigterm)))
        seen.push(`${board.name}: a stop gets as far as ${parent.args.join(' ')}`);
    }
    if (await endedUntold(lab, container))
      seen.push(`${board.name}: its program was ended before without having been told`);
  }
  return seen.length === 0
    ? outcome(true, 'whoever is told to stop passes it on to the program', wanted)
    : outcome(false, seen.join('; '), wanted);
}

/** Whether the program’s run before this one ended without its last line in the log; false if there was none. */
async function endedUntold(lab: LabView, { id }: ContainerView): Promise<boolean> {
  const lines = (await lab.docker.logs(id, { tail: 50 })).split('\n');
  const starts = lines.flatMap((line, at) => (/^board of .* on port/.test(line) ? [at] : []));
  const [before, last] = starts.slice(-2);
  return (
    last !== undefined && !lines.slice(before, last).some((line) => line.includes('is closed'))
  );
}

function isShell([program = '']: string[]): boolean {
  return /^(ba|da|a)?sh$/.test(program.split('/').at(-1) ?? '');
}

async function built(lab: LabView): Promise<Outcome> {
  const wanted = 'an image that the next build makes again, from what is in /srv/tides';
  const seen: string[] = [];
  for (const board of boards) {
    const container = await publishedOn(lab, board.port);
    if (container === undefined || (await madeByBuild(lab, container.imageId))) continue;
    seen.push(`the image of ${board.name} was not built`);
  }
  return outcome(seen.length === 0, seen.length === 0 ? 'it was built' : seen.join('; '), wanted);
}

/** What a shell-form entrypoint without its parameters does; of the boards, or of an image by its name. */
async function ignoresArguments(lab: LabView, reference?: string): Promise<boolean> {
  const container = reference === undefined ? await publishedOn(lab, skarvik.port) : undefined;
  const image = reference === undefined ? undefined : await lab.docker.image(reference);
  const [shell = '', flag, command = ''] = container?.entrypoint ?? image?.entrypoint ?? [];
  return /sh$/.test(shell) && flag === '-c' && !/\$[@*]/.test(command);
}

async function crashed(lab: LabView): Promise<boolean> {
  const found = await Promise.all(boards.map(({ name }) => lab.docker.container(name)));
  return found.some((board) => board !== undefined && (!board.running || board.restartCount > 1));
}
