/** What is given of a scenario once it is due, whether or not a lab of it is still there. */
import { markdownToHtml } from 'satteri';
import type { Scenario } from '../../catalog/index.ts';

export function solutionOf({ scripts }: Scenario): { scripts: { name: string; text: string }[] } {
  const fixes = scripts.filter(({ kind }) => kind === 'fix');
  return { scripts: fixes.map(({ name, text }) => ({ name, text })) };
}

export function debriefOf({ debrief }: Scenario): { html: string } {
  return { html: markdownToHtml(debrief).html };
}
