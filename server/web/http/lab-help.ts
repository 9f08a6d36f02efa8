/** Hints, solution and debrief: given only when they are due. */
import { DrydockError } from '../../errors.ts';
import { debriefSchema, hintViewSchema, solutionSchema } from '../../protocol/api.ts';
import type { Services } from '../services.ts';
import { isDebriefDue, isSolutionDue } from '../sessions/index.ts';
import { scenarioOf } from '../sessions/scenario-of.ts';
import { debriefOf, solutionOf } from './answers.ts';
import type { App } from './app-types.ts';
import { labParams } from './lab-params.ts';
import type { Learners } from './learners.ts';

export function labHelpRoutes(
  app: App,
  { catalog, sessions, verdicts }: Services,
  learners: Learners,
): void {
  const { book } = sessions;

  app.post(
    '/api/labs/:id/hints',
    { schema: { params: labParams, response: { 200: hintViewSchema } } },
    async (request, reply) => {
      const { id } = book.own(learners.identify(request, reply), request.params.id);
      return verdicts.hint(id);
    },
  );

  app.get(
    '/api/labs/:id/solution',
    { schema: { params: labParams, response: { 200: solutionSchema } } },
    async (request, reply) => {
      const lab = book.own(learners.identify(request, reply), request.params.id);
      if (!isSolutionDue(lab, Date.now())) throw new DrydockError('solution_not_due');
      book.update(lab.id, { solutionSeen: true });
      return solutionOf(scenarioOf(catalog, lab));
    },
  );

  app.get(
    '/api/labs/:id/debrief',
    { schema: { params: labParams, response: { 200: debriefSchema } } },
    async (request, reply) => {
      const lab = book.own(learners.identify(request, reply), request.params.id);
      if (!isDebriefDue(lab)) throw new DrydockError('debrief_not_due');
      return debriefOf(scenarioOf(catalog, lab));
    },
  );
}
