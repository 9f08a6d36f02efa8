/** What a `lab.ts` may say, parsed strictly; the types that authors write against are in `labs/define-lab.ts`. */
import { z } from 'zod';
import type { Check, Hint } from '../../labs/define-lab.ts';

const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** Sections and ideas of the curriculum: S5-12, F2-09, B10-3, J1-04. */
const curriculumId = /^[A-Z]\d{1,2}-\d{1,2}[a-z]?$/;
/** A container's name, as Docker allows them. */
const containerName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

export const maxTitleChars = 70;
export const maxCheckTitleChars = 90;

const words = z.string().min(10, 'is too short to say something');
const sentence = words.max(300);

/** Whether a lab's text is code to be called; its shape is the author's compiler's business. */
function callable<T>(): z.ZodType<T> {
  return z.custom<T>((value) => typeof value === 'function', 'must be a function');
}

const limitsSchema = z.strictObject({
  /** MiB; default the server's setting. */
  memory: z.number().int().min(256).max(16_384).optional(),
  /** Processes and threads. */
  pids: z.number().int().min(128).max(8192).optional(),
  /** Share of one CPU: 1.5 is one and a half. */
  cpus: z.number().min(0.1).max(64).optional(),
});

const holdSchema = z.union(
  [
    z.enum(['none', 'engine']),
    z.strictObject({
      /** The container of the lab that is restarted. */
      container: z.string().regex(containerName, 'is not the name of a container'),
    }),
  ],
  "must be 'none', 'engine' or { container: 'name' }",
);

const hintSchema = z.strictObject({
  /** Points rather than pastes. */
  text: words.max(600),
  /** Given only while this says true. */
  when: callable<NonNullable<Hint['when']>>().optional(),
});

const checkSchema = z.strictObject({
  /** Unique in the scenario. */
  id: z.string().max(80).regex(kebab, 'must be kebab-case'),
  /** Goals fail while the scenario is broken; guards always hold. */
  kind: z.enum(['goal', 'guard']),
  /** What holds when it passes. */
  title: z.string().min(5).max(maxCheckTitleChars),
  /** Milliseconds the whole check may take. */
  timeoutMs: z.number().int().positive().max(20_000).default(5_000),
  /** Asks the lab. */
  run: callable<Check['run']>(),
});

export const definitionSchema = z.strictObject({
  /** The ticket's title: the symptom, never the cause. */
  title: z.string().min(10).max(maxTitleChars),
  /** Minutes a person who knows the subject needs. */
  minutes: z.number().int().min(1).max(120),
  difficulty: z.enum(['easy', 'medium', 'hard']),
  /** What the catalogue can be filtered by. */
  tags: z.array(z.string().regex(kebab, 'must be kebab-case')).min(1),
  /** What one can do after it, each a sentence that starts with a verb. */
  objectives: z.array(sentence).min(1),
  /** Sections and ideas of the curriculum that this covers. */
  curriculum: z.array(z.string().regex(curriculumId, 'is no id of the curriculum')).min(1),
  /** The lab image; there is one so far. */
  image: z.literal('lab').default('lab'),
  /** What its lab may use. */
  limits: limitsSchema.default({}),
  /** The restart after which a repair must still stand. */
  hold: holdSchema,
  /** In the order they are given. */
  hints: z.array(hintSchema),
  /** Goals and guards, in the order the page shows them. */
  checks: z.array(checkSchema),
  /** How many variants `break.sh` knows. */
  seeds: z.number().int().min(1).max(1000).default(1),
});
export type Definition = z.output<typeof definitionSchema>;
