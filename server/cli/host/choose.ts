/** Which lab host a command uses, and why: the embedded one where that is possible, else one in a container. */
import { CannotRun } from '../cannot-run.ts';
import type { EngineProbe } from './container/types.ts';
import { whyNoContainer } from './engine-requirements.ts';
import { machineRequirements, type Requirement } from './requirements.ts';

export type Way = 'embedded' | 'container';

export interface Choice {
  way: Way;
  /** One line for whoever waits. */
  why: string;
}

export interface Choosing {
  /** LAB_HOST, if it is given. */
  wanted: Way | undefined;
  /** Which of them is up already. */
  running: Way | undefined;
  /** Of the machine, for the embedded way. */
  machine?: () => Requirement[];
  /** Asked only where its answer matters. */
  engine: () => Promise<EngineProbe>;
}

export async function chooseLabHost(choosing: Choosing): Promise<Choice> {
  const { wanted, running } = choosing;
  if (wanted === 'embedded') return embedded(choosing, 'LAB_HOST says so');
  if (wanted === 'container') return container(choosing, 'LAB_HOST says so');
  if (running === 'embedded' && faults(choosing).length === 0)
    return embedded(choosing, 'it runs already');
  if (running === 'container') {
    const probe = await choosing.engine();
    if (probe.answers) return container(choosing, 'it runs already');
  }
  const [first] = faults(choosing);
  if (first === undefined) return embedded(choosing, 'this is Linux, and you are root');
  return container(choosing, `one on the machine itself is not possible (${short(first)})`);
}

function faults({ machine = machineRequirements }: Choosing): Requirement[] {
  return machine().filter(({ ok }) => !ok);
}

function embedded(choosing: Choosing, because: string): Choice {
  const missing = faults(choosing);
  const [first] = missing;
  if (first)
    throw new CannotRun(
      `LAB_HOST=embedded is not possible here:\n${missing.map(fault).join('\n')}`,
      `${first.todo} Or leave LAB_HOST empty: \`npm start\` then picks what is possible.`,
    );
  return {
    way: 'embedded',
    why: `Lab host: an engine of Drydock's own on this machine; ${because}.`,
  };
}

async function container(choosing: Choosing, because: string): Promise<Choice> {
  const probe = await choosing.engine();
  const fault = whyNoContainer(probe);
  if (probe.answers && fault === undefined) {
    const { version, where, system } = probe;
    return {
      way: 'container',
      why: `Lab host: a container of your Docker engine ${version} (${where}, ${system}); ${because}.`,
    };
  }
  throw cannot(choosing, fault);
}

function cannot(choosing: Choosing, engine: Requirement | undefined): CannotRun {
  const words = engine ? fault(engine) : '';
  const todo = engine?.todo ?? '';
  if (choosing.wanted === 'container')
    return new CannotRun(`LAB_HOST=container is not possible here:\n${words}`, todo);
  const machine = faults(choosing);
  return new CannotRun(
    [
      'Labs cannot run here, in neither way.',
      " An engine of Drydock's own on this machine:",
      ...machine.map(fault),
      ' A container of a Docker engine that you have:',
      words,
    ].join('\n'),
    `${machine[0]?.todo ?? ''}\n→ Or: ${todo}\n  \`npm run doctor\` says more.`,
  );
}

function fault({ name, found }: Requirement): string {
  return `  ${name}: ${found}`;
}

/** Without the explanation. */
function short({ found }: Requirement): string {
  return found.split(';')[0] ?? found;
}
