/**
 * `npm start`: lab host, site, web server; then stays and looks after the web server. SIGTERM (an update) ends the web
 * server alone; Ctrl-C ends all, after asking where labs are in use.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, type Config } from '../../config.ts';
import { bringUpLabHost } from '../host/bring-up.ts';
import type { LabHost } from '../host/lab-host.ts';
import { withLock } from '../host/lock.ts';
import { endProcess } from '../host/take-down.ts';
import { keepLabHost, releaseLabHost } from '../host/use-lab-host.ts';
import { register, unregister } from '../host/users.ts';
import { say, step } from '../progress.ts';
import { readPid } from '../../lab-host/engine/processes.ts';
import { CannotRun } from '../cannot-run.ts';
import { announce } from './announce.ts';
import { buildSite } from './build-site.ts';
import { confirmEnd } from './confirm-end.ts';
import { installApp } from './install-app.ts';
import { ensurePortFree } from './port.ts';
import { watchAgent } from './watch-agent.ts';
import { WebServer } from './web-server.ts';
import { webServerUser } from './web-user.ts';

export async function start(options: { yes?: boolean }): Promise<void> {
  const started = performance.now();
  const config = loadConfig();
  const startPid = join(config.runDir, 'start.pid');
  const other = readPid(startPid, 'cli/main.ts');
  if (other !== undefined) {
    throw new CannotRun(
      `Drydock runs already (process ${String(other)}) at ${runningAt(config)}.`,
      'End it with Ctrl-C there, or with `npm run lab -- down`.',
    );
  }
  // One that an earlier start left behind makes way; its labs and terminals live in the agent.
  await endProcess(join(config.runDir, 'web.pid'), 'web/main.ts');
  await ensurePortFree(config);
  say('Drydock is starting …');
  const early = (): void => {
    say('\nInterrupted. What is built is kept; `npm run lab -- down` ends what runs.');
    process.exit(130);
  };
  process.on('SIGINT', early);

  const host = await withLock(join(config.stateDir, 'lock'), () =>
    bringUpLabHost(config, { yes: options.yes, aloud: true }),
  );
  keepLabHost(config.runDir);
  // Other commands leave the agent as it is while we run.
  register(config.runDir);
  writeFileSync(startPid, String(process.pid));
  writeFileSync(addressFile(config), config.publicUrl);
  await step('site', (tell) => buildSite(config, tell));
  const app = await step('copy for the web server', () => installApp(config));
  mkdirSync(join(config.stateDir, 'logs'), { recursive: true });
  const user = await webServerUser(host, config.runDir);
  const web = new WebServer(config, app, user);
  await step('web server', () => web.start());
  process.off('SIGINT', early);

  const over = new AbortController();
  const { signal } = over;
  void announce({ config, host, web, started, signal });
  void watchAgent(config, host, {
    signal,
    onBack: (back) => webServerUser(back, config.runDir),
  });
  const ending = await untilEnd(host, web);
  over.abort();
  rmSync(startPid, { force: true });
  unregister(config.runDir);
  host.client.close();
  if (ending === 'all') await endAll(config);
  process.exit(0);
}

/** SIGTERM: the web server alone has been ended. Ctrl-C: all is to end. */
async function untilEnd(host: LabHost, web: WebServer): Promise<'all' | 'web'> {
  return new Promise((resolve, reject) => {
    const endWeb = (): void => {
      web.stop().then(() => {
        resolve('web');
      }, reject);
    };
    process.once('SIGTERM', endWeb);
    process.once('SIGHUP', endWeb);
    const interrupted = (): void => {
      process.off('SIGINT', interrupted);
      confirmEnd(host)
        .then(async (agreed) => {
          if (!agreed) {
            process.on('SIGINT', interrupted);
            return;
          }
          await web.stop();
          resolve('all');
        })
        .catch(reject);
    };
    process.on('SIGINT', interrupted);
  });
}

/** What runs may have been given another port than this command. */
function runningAt(config: Config): string {
  return existsSync(addressFile(config))
    ? readFileSync(addressFile(config), 'utf8')
    : config.publicUrl;
}

function addressFile({ runDir }: Config): string {
  return join(runDir, 'address');
}

async function endAll(config: Config): Promise<void> {
  const ended = await step('ending labs and lab host', () =>
    withLock(join(config.stateDir, 'lock'), () => releaseLabHost(config)),
  );
  if (ended)
    say('Nothing of Drydock runs any more. Images and progress are kept for the next start.');
  else say('The lab host stays for another command that uses it, and ends with that.');
}
