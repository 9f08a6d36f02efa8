import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { neededPackages } from '../packages.ts';
import { dockerfile, imageHash } from './stage-context.ts';

test('the image has every package that the lab host looks for', () => {
  const recipe = readFileSync(dockerfile, 'utf8');
  const installed = /apt-get install([^&]*)&&/.exec(recipe)?.[1]?.split(/[\s\\]+/) ?? [];
  expect(installed).toEqual(expect.arrayContaining([...neededPackages]));
});

test('another platform is another image', () => {
  expect(imageHash('x64')).not.toBe(imageHash('arm64'));
  expect(imageHash('x64')).toBe(imageHash('x64'));
});
