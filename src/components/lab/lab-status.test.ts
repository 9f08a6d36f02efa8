import { describe, expect, it } from 'vitest';
import type { State } from '../../lib/store.ts';
import { statusOf } from './lab-status.ts';

const online: State = { server: 'online', trouble: '', labs: [], progress: new Map() };

describe('the status of a scenario without a lab', () => {
  it('says that nothing runs yet', () => {
    expect(statusOf(online, undefined, false).text).toBe('No lab runs for this yet.');
  });

  it('says that it was solved', () => {
    expect(statusOf(online, undefined, true).text).toBe('You solved this. No lab runs now.');
  });
});
