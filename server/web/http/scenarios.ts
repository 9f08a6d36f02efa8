import { z } from 'zod';
import type { Scenario } from '../../catalog/index.ts';
import { DrydockError } from '../../errors.ts';
import type { ScenarioSummary } from '../../protocol/api.ts';
import { debriefSchema, scenarioSummarySchema, solutionSchema } from '../../protocol/api.ts';
import type { Services } from '../services.ts';
import type { ProgressRecord } from '../store/index.ts';
import { debriefOf, solutionOf } from './answers.ts';
import type { App } from './app-types.ts';
import type { Learners } from './learners.ts';

const params = z.strictObject({ chapter: z.string().max(40), slug: z.string().max(80) });

export function scenarioRoutes(
  app: App,
  { catalog, sessions, store }: Services,
  learners: Learners,
): void {
  app.get(
    '/api/scenarios',
    { schema: { response: { 200: z.array(scenarioSummarySchema) } } },
    async (request, reply) => {
      const progress = store.progress.of(learners.identify(request, reply));
      return catalog.scenarios.map((scenario) => summaryOf(scenario, progress));
    },
  );

  const find = ({ chapter, slug }: z.output<typeof params>): Scenario => {
    const scenario = catalog.get(`${chapter}/${slug}`);
    if (!scenario) throw new DrydockError('no_such_scenario');
    return scenario;
  };

  app.get(
    '/api/scenarios/:chapter/:slug',
    { schema: { params, response: { 200: scenarioSummarySchema } } },
    async (request, reply) =>
      summaryOf(find(request.params), store.progress.of(learners.identify(request, reply))),
  );

  /** What the learner has solved stays readable when its lab was reset or has ended. */
  const solvedBy = (learner: string, id: string): boolean =>
    progressOf(store.progress.of(learner), id) === 'solved';

  app.get(
    '/api/scenarios/:chapter/:slug/debrief',
    { schema: { params, response: { 200: debriefSchema } } },
    async (request, reply) => {
      const scenario = find(request.params);
      if (!solvedBy(learners.identify(request, reply), scenario.id))
        throw new DrydockError('debrief_not_due');
      return debriefOf(scenario);
    },
  );

  app.get(
    '/api/scenarios/:chapter/:slug/solution',
    { schema: { params, response: { 200: solutionSchema } } },
    async (request, reply) => {
      const scenario = find(request.params);
      if (!solvedBy(learners.identify(request, reply), scenario.id))
        throw new DrydockError('solution_not_due');
      return solutionOf(scenario);
    },
  );

  /** The page is open: a lab is likely to be asked for. */
  app.post('/api/scenarios/:chapter/:slug/warm', { schema: { params } }, async (request, reply) => {
    sessions.pageOpened(learners.identify(request, reply), find(request.params).id);
    return reply.code(202).send({});
  });
}

function summaryOf(
  { id, chapter, definition }: Scenario,
  progress: ProgressRecord[],
): ScenarioSummary {
  const { title, minutes, difficulty, tags, objectives, hints, checks } = definition;
  return {
    ...{ id, title, chapter, minutes, difficulty, tags, objectives },
    hints: hints.length,
    checks: checks.map((check) => ({ id: check.id, kind: check.kind, title: check.title })),
    progress: progressOf(progress, id),
  };
}

function progressOf(progress: ProgressRecord[], id: string): ScenarioSummary['progress'] {
  const done = progress.find(({ scenario }) => scenario === id);
  if (!done) return 'new';
  return done.solvedAt === null ? 'started' : 'solved';
}
