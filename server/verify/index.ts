/**
 * Decides: turns a scenario's checks and what a lab answers into a verdict, off the main thread. It knows neither
 * sessions nor pages, and of the lab host only how to ask a question.
 */
export {
  createJudge,
  type Judge,
  type JudgeOptions,
  type Judgement,
  type NextHint,
} from './judge.ts';
export { decide, holdVerdict, type HoldVerdict } from './verdict.ts';
export { JudgeFailed } from './judge-failed.ts';
