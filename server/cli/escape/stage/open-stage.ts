/** Makes stages and removes all that was made on them, however the run ends. */
import { randomBytes } from 'node:crypto';
import { labHostPaths } from '../../../lab-host/paths.ts';
import type { Browser } from '@playwright/test';
import type { UsedLabHost } from '../../host/use-lab-host.ts';
import { plantCanaries } from './canaries.ts';
import { connectControlEngine, type ControlContainer } from './control-engine.ts';
import type { PageStage, Stage } from './stage.ts';
import { makeLab } from './stage-lab.ts';
import { launchBrowser } from './browser.ts';
import { openTerminalPage, type TerminalPage } from './terminal-page.ts';
import { openWebSite, type WebSite } from './web-site.ts';

export interface Stages<S extends PageStage = Stage> extends AsyncDisposable {
  /** A stage with labs of its own; removed with the rest. */
  open: () => Promise<OpenStage<S>>;
}

export interface OpenStage<S extends PageStage = Stage> {
  stage: () => S;
  /** Another lab for the attacker, in place of one that is of no use any more. */
  renewAttacker: () => Promise<void>;
}

export async function openStages({ client, config, lease, signal }: UsedLabHost): Promise<Stages> {
  const paths = labHostPaths(config.stateDir, config.runDir, config.agentSocket);
  await using made = new AsyncDisposableStack();
  const canaries = made.use(await plantCanaries(paths.runDir));
  const engine = made.use(await connectControlEngine(paths));
  const containers = new Map<string, Promise<ControlContainer>>();
  const newLab: Stage['makeLab'] = (limits) =>
    makeLab({ client, engine, lease, signal, ...(limits && { limits }) });
  const container: Stage['container'] = (variant) => {
    const present = containers.get(variant.name) ?? engine.container(variant.change);
    containers.set(variant.name, present);
    return present;
  };
  const all = made.move();
  const pages = openPages(all, () => openWebSite(paths, client, canaries.token), signal);
  return {
    async open() {
      const labs = await Promise.all([newLab(), newLab()]);
      labs.forEach((lab) => all.use(lab));
      let [attacker] = labs;
      const [, neighbour] = labs;
      return {
        stage: () => ({
          ...pages,
          client,
          paths,
          engine,
          canaries,
          attacker,
          neighbour,
          makeLab: newLab,
          container,
        }),
        async renewAttacker() {
          await attacker[Symbol.asyncDispose]();
          attacker = all.use(await newLab());
        },
      };
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** For what a browser can do: the lab host is wherever the agent's socket leads. */
export function openPageStages({ client, config, signal }: UsedLabHost): Stages<PageStage> {
  const all = new AsyncDisposableStack();
  const token = randomBytes(12).toString('hex');
  const pages = openPages(all, () => openWebSite(config, client, token), signal);
  const open: OpenStage<PageStage> = { stage: () => pages, renewAttacker: async () => undefined };
  return { open: async () => open, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** Each is started when it is first asked for, and belongs to `owner`. */
function openPages(
  owner: AsyncDisposableStack,
  openWeb: () => Promise<WebSite>,
  signal: AbortSignal,
): PageStage {
  let site: Promise<WebSite> | undefined;
  const web = (): Promise<WebSite> => {
    site ??= openWeb().then((opened) => owner.use(opened));
    return site;
  };
  let started: Promise<Browser> | undefined;
  const browser = (): Promise<Browser> => {
    started ??= launchBrowser().then((launched) => owner.use(launched));
    return started;
  };
  const terminalPage = async (): Promise<TerminalPage> => openTerminalPage(await browser());
  return { signal, web, browser, terminalPage };
}
