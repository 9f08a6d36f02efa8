import { describe, expect, it } from 'vitest';
import { labels, readLabels } from './labels.ts';

describe('the labels of a lab', () => {
  it('read back as they were written', () => {
    const lab = {
      id: 'labc12345678',
      lease: 'web',
      createdAt: 1_795_000_000_000,
      limits: { memory: 512, pids: 256, cpus: 0.5 },
      users: 1_000_065_536,
    };
    expect(readLabels({ ...labels(lab), 'com.docker.compose': 'somebody else’s' })).toEqual(lab);
  });

  it('are refused where they are not ours', () => {
    expect(() => readLabels({ 'org.drydock.lab': 'not an id' })).toThrow();
  });
});
