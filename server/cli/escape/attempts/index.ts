/** All attempts there are, those that need a browser apart: it need not be where the lab host is. */
import type { Attempt } from '../attempt.ts';
import type { PageStage } from '../stage/stage.ts';
import { cgroups } from './cgroups.ts';
import { devices } from './devices.ts';
import { engineSocket } from './engine-socket.ts';
import { kernelCalls } from './kernel-calls.ts';
import { kernelSettings } from './kernel-settings.ts';
import { layers } from './layers.ts';
import { lyingEngines } from './lying-engines.ts';
import { neighbours } from './neighbours.ts';
import { plantedPaths } from './planted-paths.ts';
import { replayedEngines } from './replayed-engines.ts';
import { starveCounters } from './starve-counters.ts';
import { starveDisk } from './starve-disk.ts';
import { starveLoad } from './starve-load.ts';
import { terminalSequences } from './terminal-sequences.ts';
import { verifier } from './verifier.ts';
import { webBrowser } from './web-browser.ts';
import { webGuards } from './web-guards.ts';
import { webPreviews } from './web-previews.ts';

export const browserAttempts: readonly Attempt<PageStage>[] = [...webBrowser, ...terminalSequences];

export const labHostAttempts: readonly Attempt[] = [
  ...devices,
  ...kernelSettings,
  ...kernelCalls,
  ...engineSocket,
  ...plantedPaths,
  ...neighbours,
  ...verifier,
  ...lyingEngines,
  ...replayedEngines,
  ...webGuards,
  ...webPreviews,
  ...layers,
  ...cgroups,
  ...starveCounters,
  ...starveLoad,
  ...starveDisk,
];
