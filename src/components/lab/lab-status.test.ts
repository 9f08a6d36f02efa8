import { describe, expect, it } from 'vitest';
import type { LabView } from '../../../server/protocol/api.ts';
import type { CheckResult } from '../../../server/protocol/verdict.ts';
import type { State } from '../../lib/store.ts';
import { statusOf } from './lab-status.ts';

const online: State = {
  server: 'online',
  trouble: '',
  draining: false,
  labs: [],
  progress: new Map(),
  course: [],
};

const fresh = { solved: false, doing: '' };

describe('the status of a scenario without a lab', () => {
  it('says that nothing runs yet', () => {
    expect(statusOf(online, undefined, fresh).text).toBe('No lab runs for this yet.');
  });

  it('says that it was solved', () => {
    expect(statusOf(online, undefined, { solved: true, doing: '' }).text).toBe(
      'You solved this. No lab runs now.',
    );
  });
});

describe('the status while the server drains', () => {
  const draining = { ...online, draining: true };

  it('says that no new lab starts, and nothing about one that runs', () => {
    expect(statusOf(draining, undefined, fresh)).toMatchObject({
      tone: 'idle',
      text: expect.stringContaining('starts no new labs') as string,
    });
    const running = { state: 'ready', solved: false, verdict: null } as LabView;
    expect(statusOf(draining, running, fresh).text).toBe('Running. Checks follow what you do.');
  });
});

describe('the status of a lab', () => {
  it.each([
    ['a goal that was never reached', {}, ['goal'], 'ready', 'Running. Checks follow what you do.'],
    ['a broken guard', {}, ['goal', 'guard'], 'bad', 'Running. 1 guard is broken.'],
    ['two broken guards', {}, ['guard', 'guard'], 'bad', 'Running. 2 guards are broken.'],
    ['all green', { solved: true }, [], 'ready', 'Solved. The debrief says what it was.'],
    [
      'a guard broken after solving',
      { solved: true },
      ['guard'],
      'bad',
      'Solved before; 1 guard is broken now.',
    ],
    [
      'goals lost after solving',
      { solved: true },
      ['goal', 'goal', 'guard'],
      'bad',
      'Solved before; 1 guard is broken and 2 goals are lost now.',
    ],
  ] as const)('with %s', (_title, more, red, tone, text) => {
    expect(statusOf(online, lab({ ...more, red }), fresh)).toEqual({ tone, text });
  });

  it('says what is done while it is put to the test, and nothing of it afterwards', () => {
    const known = { solved: false, doing: 'Restarting web to see whether it holds.' };
    const checking = { ...lab({}), state: 'checking' } as const;
    expect(statusOf(online, checking, known)).toEqual({ tone: 'busy', text: known.doing });
    expect(statusOf(online, lab({}), known).text).toBe('Running. Checks follow what you do.');
  });

  it('says once that its time is over, and the button that is there', () => {
    const expired = { ...lab({}), state: 'expired', reason: 'Its time is over.' } as const;
    expect(statusOf(online, expired, fresh).text).toBe(
      'Its time is over. Start again to get the host back as it was broken.',
    );
  });
});

function lab({
  solved = false,
  red = [],
}: {
  solved?: boolean;
  red?: readonly CheckResult['kind'][];
}): LabView {
  const checks = red.map((kind, index) => ({
    ...{ id: `check-${index}`, kind, title: 'It holds' },
    ...{ status: 'fail' as const, seen: '', wanted: '' },
  }));
  const scenario = 'networking/dns';
  return {
    ...{ id: 'abcdefghijkl', scenario, state: 'ready', reason: '', url: '' },
    ...{ createdAt: 1, expiresAt: 2, extendable: true, hints: [], solutionDue: false, ports: [] },
    solved,
    verdict: { scenario, seed: 0, solved: false, held: null, seconds: 1, checks },
  };
}
