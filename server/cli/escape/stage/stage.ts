/** Where attempts are made: an attacker's lab, a neighbour's, canaries on the machine, and controls. */
import type { Browser } from '@playwright/test';
import type { AgentClient } from '../../../agent-client/index.ts';
import type { LabLimitsSpec } from '../../../protocol/agent.ts';
import type { LabHostPaths } from '../../../lab-host/paths.ts';
import type { Canaries } from './canaries.ts';
import type { ControlContainer, ControlEngine } from './control-engine.ts';
import type { Variant } from './variants.ts';
import type { TerminalPage } from './terminal-page.ts';
import type { WebSite } from './web-site.ts';
import type { StageLab } from './stage-lab.ts';

export interface Stage {
  client: AgentClient;
  paths: LabHostPaths;
  engine: ControlEngine;
  canaries: Canaries;
  signal: AbortSignal;
  attacker: StageLab;
  neighbour: StageLab;
  /** A lab of one's own, for a control that changes it. Whoever makes it disposes of it. */
  makeLab: (limits?: Partial<LabLimitsSpec>) => Promise<StageLab>;
  /** A web server with two learners; started once, ended at the end. */
  web: () => Promise<WebSite>;
  /** A browser; started once, ended at the end. */
  browser: () => Promise<Browser>;
  /** A page of its own with the site's terminal on it. Whoever opens it disposes of it. */
  terminalPage: () => Promise<TerminalPage>;
  /** The control container of that variant; made once, removed at the end. */
  container: (variant: Variant) => Promise<ControlContainer>;
}
