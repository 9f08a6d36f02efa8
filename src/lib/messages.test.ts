import { describe, expect, it } from 'vitest';
import { labViewSchema, pageEventSchema } from '../../server/protocol/api.ts';
import { terminalServerMessageSchema } from '../../server/protocol/terminal.ts';
import * as messages from './messages.ts';

const verdict = {
  scenario: 'networking/dns',
  seed: 0,
  solved: false,
  held: null,
  seconds: 0.2,
  checks: [
    {
      id: 'answers',
      kind: 'goal',
      title: 'It answers',
      status: 'fail',
      seen: '<b>',
      wanted: 'a page',
    },
  ],
} as const;

const lab = {
  id: 'abcdefghijkl',
  scenario: 'networking/dns',
  state: 'ready',
  reason: '',
  createdAt: 1,
  expiresAt: 2,
  extendable: true,
  position: 1,
  etaSeconds: 3,
  url: '/scenarios/networking/dns/',
  solved: false,
  verdict,
  hints: [{ number: 1, text: 'Look.' }],
  solutionDue: false,
  ports: [{ port: 8080, url: 'http://8080-abcdefghijkl.localhost' }],
} as const;

const pageEvents = [
  { type: 'labs', labs: [lab] },
  { type: 'lab', lab },
  { type: 'lab-gone', id: lab.id },
  { type: 'verdict', id: lab.id, verdict },
  { type: 'hint', id: lab.id, hint: { number: 1, text: 'Look.' } },
  { type: 'message', id: lab.id, level: 'warning', text: 'Memory is full.' },
  { type: 'server', draining: true },
  { type: 'beat' },
];

const terminalMessages = [
  { type: 'replay', cols: 80, rows: 24, role: 'control', resumed: true },
  { type: 'live' },
  { type: 'resize', cols: 80, rows: 24 },
  { type: 'role', role: 'watch' },
  { type: 'exit', exitCode: 0 },
  { type: 'error', message: 'No.', hint: 'Go back.' },
  { type: 'beat' },
];

describe('messages of the protocol', () => {
  it.each(pageEvents)('reads the page event $type as the schema does', (event) => {
    expect(messages.pageEvent(event)).toEqual(pageEventSchema.parse(event));
  });

  it.each(terminalMessages)('reads the terminal message $type as the schema does', (message) => {
    expect(messages.terminalMessage(message)).toEqual(terminalServerMessageSchema.parse(message));
  });

  it('knows a sample of every kind there is', () => {
    expect(pageEvents.map(({ type }) => type)).toEqual(kinds(pageEventSchema));
    expect(terminalMessages.map(({ type }) => type)).toEqual(kinds(terminalServerMessageSchema));
  });

  it('knows every key of a lab', () => {
    expect(Object.keys(messages.lab(lab, 'lab')).sort()).toEqual(
      Object.keys(labViewSchema.shape).sort(),
    );
  });

  it('drops keys it does not know and passes over kinds it does not know', () => {
    expect(messages.hint({ number: 1, text: 'a', later: true }, 'hint')).toEqual({
      number: 1,
      text: 'a',
    });
    expect(messages.pageEvent({ type: 'later' })).toBeUndefined();
  });

  it('says where an answer is not understood', () => {
    expect(() => messages.lab({ ...lab, state: 'asleep' }, 'lab')).toThrow(
      'lab.state is not queued or',
    );
  });
});

function kinds(schema: { options: readonly { shape: { type: { value: string } } }[] }): string[] {
  return schema.options.map((option) => option.shape.type.value);
}
