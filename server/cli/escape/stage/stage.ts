/** Where attempts are made: an attacker's lab, a neighbour's, canaries on the machine, and controls; or only pages. */
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

/** Enough for attempts that are made from a browser; wherever the web server is. */
export interface PageStage {
  signal: AbortSignal;
  /** A web server with two learners; started once, ended at the end. */
  web: () => Promise<WebSite>;
  /** A browser; started once, ended at the end. */
  browser: () => Promise<Browser>;
  /** A page of its own with the site's terminal on it. Whoever opens it disposes of it. */
  terminalPage: () => Promise<TerminalPage>;
}

/** Beside the lab host: as root, in its process namespace, with its engine's socket. */
export interface Stage extends PageStage {
  client: AgentClient;
  paths: LabHostPaths;
  engine: ControlEngine;
  canaries: Canaries;
  attacker: StageLab;
  neighbour: StageLab;
  /** A lab of one's own, for a control that changes it. Whoever makes it disposes of it. */
  makeLab: (limits?: Partial<LabLimitsSpec>) => Promise<StageLab>;
  /** The control container of that variant; made once, removed at the end. */
  container: (variant: Variant) => Promise<ControlContainer>;
}
