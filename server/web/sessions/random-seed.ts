import { randomInt } from 'node:crypto';
import type { Scenario } from '../../catalog/index.ts';

/** One of the variants that the scenario's break.sh knows. */
export function randomSeed(scenario: Scenario): number {
  return randomInt(scenario.definition.seeds);
}
