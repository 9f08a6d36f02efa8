// Ships to the browser.
/** The readers of every message a page gets; shapes are `server/protocol`'s. */
import type { ApiError, LabView, PageEvent, ScenarioSummary } from '../../server/protocol/api.ts';
import type { TerminalList, TerminalServerMessage } from '../../server/protocol/terminal.ts';
import type { CheckResult, Verdict } from '../../server/protocol/verdict.ts';
import {
  flag,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  tagged,
  text,
  type Read,
} from './parse.ts';

const checkKind = oneOf('goal', 'guard');

const checkResult = object<CheckResult>({
  id: text,
  kind: checkKind,
  title: text,
  status: oneOf('pass', 'fail', 'unknown'),
  seen: text,
  wanted: text,
});

export const verdict = object<Verdict>({
  scenario: text,
  seed: number,
  solved: flag,
  held: nullable(flag),
  seconds: number,
  checks: list(checkResult),
});

export const hint = object<LabView['hints'][number]>({ number, text });

export const labPhase = oneOf(
  ...(['queued', 'creating', 'breaking', 'ready', 'checking'] as const),
  ...(['paused', 'stopped', 'expired', 'failed'] as const),
);

export const lab = object<LabView>({
  id: text,
  scenario: text,
  state: labPhase,
  reason: text,
  createdAt: number,
  expiresAt: number,
  extendable: flag,
  position: optional(number),
  etaSeconds: optional(number),
  url: text,
  solved: flag,
  verdict: nullable(verdict),
  hints: list(hint),
  solutionDue: flag,
  ports: list(object<LabView['ports'][number]>({ port: number, url: text })),
});

export const scenario = object<ScenarioSummary>({
  id: text,
  title: text,
  chapter: text as Read<ScenarioSummary['chapter']>,
  minutes: number,
  difficulty: oneOf('easy', 'medium', 'hard'),
  tags: list(text),
  objectives: list(text),
  hints: number,
  checks: list(
    object<ScenarioSummary['checks'][number]>({ id: text, kind: checkKind, title: text }),
  ),
  progress: oneOf('new', 'started', 'solved'),
});

export const apiError = object<ApiError>({
  error: object<ApiError['error']>({ code: text, message: text, hint: text }),
});

export const solution = object<{ scripts: { name: string; text: string }[] }>({
  scripts: list(object<{ name: string; text: string }>({ name: text, text })),
});
export const debrief = object<{ html: string }>({ html: text });
export const terminals = object<TerminalList>({ terminals: list(number) });
export const preview = object<{ url: string }>({ url: text });
export const health = object<{
  status: 'ok' | 'degraded';
  draining: boolean;
  labHost: { up: boolean; reason?: string | undefined };
}>({
  status: oneOf('ok', 'degraded'),
  draining: flag,
  labHost: object<{ up: boolean; reason?: string | undefined }>({
    up: flag,
    reason: optional(text),
  }),
});

type Event<T extends PageEvent['type']> = Extract<PageEvent, { type: T }>;

export const pageEvent = tagged<PageEvent>({
  labs: object<Event<'labs'>>({ type: oneOf('labs'), labs: list(lab) }),
  lab: object<Event<'lab'>>({ type: oneOf('lab'), lab }),
  'lab-gone': object<Event<'lab-gone'>>({ type: oneOf('lab-gone'), id: text }),
  verdict: object<Event<'verdict'>>({ type: oneOf('verdict'), id: text, verdict }),
  hint: object<Event<'hint'>>({ type: oneOf('hint'), id: text, hint }),
  message: object<Event<'message'>>({
    type: oneOf('message'),
    id: text,
    level: oneOf('info', 'warning'),
    text,
  }),
  server: object<Event<'server'>>({ type: oneOf('server'), draining: flag }),
  beat: object<Event<'beat'>>({ type: oneOf('beat') }),
});

type Frame<T extends TerminalServerMessage['type']> = Extract<TerminalServerMessage, { type: T }>;
const role = oneOf('control', 'watch');

export const terminalMessage = tagged<TerminalServerMessage>({
  replay: object<Frame<'replay'>>({
    type: oneOf('replay'),
    cols: number,
    rows: number,
    role,
    resumed: flag,
  }),
  live: object<Frame<'live'>>({ type: oneOf('live') }),
  resize: object<Frame<'resize'>>({ type: oneOf('resize'), cols: number, rows: number }),
  role: object<Frame<'role'>>({ type: oneOf('role'), role }),
  exit: object<Frame<'exit'>>({ type: oneOf('exit'), exitCode: number }),
  error: object<Frame<'error'>>({ type: oneOf('error'), message: text, hint: text }),
  beat: object<Frame<'beat'>>({ type: oneOf('beat') }),
});
