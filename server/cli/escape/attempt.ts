/**
 * What an attempt is: something a learner, or another web page, tries in order to reach what is not theirs. `run` is
 * made in earnest and must not reach it. `control` is the same with the defence removed and must reach it: an attempt
 * that could not have succeeded proves nothing.
 */
import type { PageStage, Stage } from './stage/stage.ts';

export const attemptClasses = {
  devices: "the host's disks and devices",
  kernel: 'kernel settings and kernel calls',
  'engine-socket': "the lab host's socket",
  neighbours: 'other labs',
  verifier: 'verifier and agent',
  layers: 'the shared image layers',
  cgroups: 'cgroup limits',
  starvation: 'a neighbour and the host starved',
  lies: 'a replaced client, an engine that lies',
  terminal: 'escape sequences aimed at the viewer',
  web: 'other pages and other learners',
} as const;
export type AttemptClass = keyof typeof attemptClasses;

export interface Outcome {
  /** What was aimed at was reached. */
  reached: boolean;
  /** What was seen, in a few words; may hold anything a lab printed. */
  seen: string;
}

/** Not made where it would endanger the machine; then it says why. */
export type Control<S extends PageStage = Stage> =
  ((stage: S) => Promise<Outcome>) | `unsafe: ${string}`;

/**
 * `shared`: beside others in the same labs, which it leaves as they were; `own`: with nothing beside it in its labs;
 * `alone`: with nothing beside it at all.
 */
export type Setting = 'shared' | 'own' | 'alone';

/** What it needs a stage for is in its type: most are made beside the lab host, those of a browser anywhere. */
export interface Attempt<S extends PageStage = Stage> {
  id: string;
  class: AttemptClass;
  /** What is tried. */
  title: string;
  /** The defence: why it fails, in one sentence. */
  why: string;
  setting: Setting;
  /** The attacker's lab is of no use after it. */
  spoils?: true;
  /** Of run and control each. */
  timeoutMs: number;
  /** Says of a control's words that this kernel lacks the thing altogether: then nothing can be reached by it. */
  absent?: RegExp;
  run: (stage: S) => Promise<Outcome>;
  control: Control<S>;
}

const defaultTimeoutMs = 30_000;

type Defaulted = 'setting' | 'timeoutMs';
type Spec<S extends PageStage = Stage> = Omit<Attempt<S>, Defaulted> &
  Partial<Pick<Attempt<S>, Defaulted>>;

export function defineAttempt<S extends PageStage = Stage>(spec: Spec<S>): Attempt<S> {
  return { setting: 'shared', timeoutMs: defaultTimeoutMs, ...spec };
}

/** Runs a script somewhere; reached if it exits with 0. */
export type Place = (stage: Stage, script: string) => Promise<Outcome>;

type ScriptSpec = Omit<Spec, 'run' | 'control'> & {
  /** For bash as root, in mounts of its own. Its exit status 0 means reached, its last line is what was seen. */
  script: string | ((stage: Stage) => string);
  place?: Place;
  /** Where the same script runs without the defence. */
  control: Place | `unsafe: ${string}`;
};

/** An attempt that is the same script in two places. */
export function defineScript({
  script,
  place = inAttacker,
  control,
  ...spec
}: ScriptSpec): Attempt {
  const wrapped = (stage: Stage): string =>
    inOwnMounts(typeof script === 'string' ? script : script(stage));
  return defineAttempt({
    ...spec,
    run: (stage) => place(stage, wrapped(stage)),
    control: typeof control === 'string' ? control : (stage) => control(stage, wrapped(stage)),
  });
}

/** What it mounts is seen by nothing beside it, and goes with it. */
export function inOwnMounts(script: string): string {
  return `unshare --mount -- bash -s <<'END-OF-ATTEMPT'\n${script}\nEND-OF-ATTEMPT\n`;
}

export const inAttacker: Place = (stage, script) => stage.attacker.try(script);
