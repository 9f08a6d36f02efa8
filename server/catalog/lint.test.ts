import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintCatalog } from './index.ts';
import type { LabsFolder } from './testing.ts';
import { goodScenario, labsFolder } from './testing.ts';

const id = 'networking/no-answer';
const good = goodScenario['lab.ts'] ?? '';

describe('lintCatalog', () => {
  it('finds nothing in a good scenario', async () => {
    await using labs = await labsFolder();
    expect(await lint(labs)).toEqual([]);
  });

  it.each([
    ['a short title', ["'The shop answers nobody'", "'Shop'"], /^lab.ts:4 title /],
    [
      'a check id that is not kebab-case',
      ["'answers'", "'Answers'"],
      /^lab.ts:17 checks.0.id must be kebab-case/,
    ],
    [
      'two checks of one id',
      ["'data'", "'answers'"],
      /^lab.ts:18 the check id "answers" is there twice/,
    ],
    ['no guard', ["guard('data'", "goal('data'"], /^lab.ts:16 has no guard/],
    [
      'too few hints',
      ["    { text: 'Look at who resolves its names.' },\n", ''],
      /^lab.ts:11 has 2 hints/,
    ],
    ['a curriculum id that is none', ["'S5-12'", "'chapter 5'"], /^lab.ts:9 curriculum.0 is no id/],
    ['a hold without a container', ["{ container: 'web' }", '{}'], /^lab.ts:10 hold must be/],
    ['no minutes', ['  minutes: 10,\n', ''], /^lab.ts:1 minutes/],
    ['an unknown field', ['minutes: 10', 'minutes: 10, colour: 1'], /colour/],
  ])('reports %s', async (_title, [from, to], fault) => {
    await using labs = await labsFolder();
    await labs.write(`${id}/lab.ts`, good.replace(from ?? '', to ?? ''));
    expect(await lint(labs)).toEqual([expect.stringMatching(fault)]);
  });

  it.each([
    ['fix.sh', /^fix.sh:1 is missing/],
    ['break.sh', /^break.sh:1 is missing/],
    ['cheat-once.sh', /^cheat-\*.sh:1 1 found; 2 or more/],
    ['debrief.md', /^debrief.md:1 is missing or empty/],
  ])('reports that %s is missing', async (file, fault) => {
    await using labs = await labsFolder();
    await labs.remove(`${id}/${file}`);
    expect(await lint(labs)).toEqual([expect.stringMatching(fault)]);
  });

  it.each([
    ['From and Subject that run together', '**From:** Ann\n**Subject:** down', true],
    ['no fault in a hard break', '**From:** Ann\\\n**Subject:** down', false],
    ['no fault in paragraphs of their own', '**From:** Ann\n\n**Subject:** down', false],
  ])('reports %s', async (_title, head, faulty) => {
    await using labs = await labsFolder();
    await labs.write(`${id}/brief.md`, `${head}\n\n${goodScenario['brief.md'] ?? ''}`);
    const fault = /^brief.md:1 runs together/;
    expect(await lint(labs)).toEqual(faulty ? [expect.stringMatching(fault)] : []);
  });

  it('names the line that bash cannot read', async () => {
    await using labs = await labsFolder();
    await labs.write(`${id}/fix.sh`, 'echo a\nif true; then\n  )\nfi\n');
    expect((await lint(labs))[0]).toMatch(/^fix.sh:3 syntax error/);
  });

  it('reports a folder that is no chapter', async () => {
    await using labs = await labsFolder(['misc/thing']);
    expect((await lintCatalog(labs.path))[0]?.message).toMatch(/"misc" is no chapter/);
  });
});

async function lint(labs: LabsFolder): Promise<string[]> {
  const faults = await lintCatalog(labs.path);
  return faults.map(
    ({ file, line, message }) => `${relative(`${labs.path}/${id}`, file)}:${line} ${message}`,
  );
}
