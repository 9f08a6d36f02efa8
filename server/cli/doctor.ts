/** `npm run doctor`: what this machine can do, and what to do about the rest. */
import { loadConfig } from '../config.ts';
import { createAgentClient } from '../agent-client/index.ts';
import { cgroupVersion } from '../lab-host/labs/cgroup-files.ts';
import { imagesReady } from '../lab-host/images/index.ts';
import { missingPackages } from './host/packages.ts';
import { requirements, type Requirement } from './host/requirements.ts';

export async function doctor(options: { json?: boolean }): Promise<void> {
  const config = loadConfig();
  const findings: Requirement[] = [
    ...requirements(config.stateDir),
    packages(),
    await images(config.stateDir),
    await labHost(config.agentSocket),
  ];
  const notes = [
    `cgroup ${cgroupVersion()}`,
    `Node ${process.versions.node}`,
    `state in ${config.stateDir}`,
  ];
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ findings, notes }, null, 2)}\n`);
  else process.stdout.write(`${findings.map(line).join('\n')}\n  ${notes.join(' · ')}\n`);
  if (findings.some((finding) => !finding.ok && finding.todo !== '')) process.exitCode = 1;
}

function packages(): Requirement {
  const missing = missingPackages();
  return {
    name: 'packages',
    ok: true,
    found: missing.length === 0 ? 'all there' : `\`npm start\` will install ${missing.join(' ')}`,
    todo: '',
  };
}

async function images(stateDir: string): Promise<Requirement> {
  const ready = await imagesReady(stateDir);
  return {
    name: 'images',
    ok: true,
    found: ready ? 'built' : '`npm start` will build them (about two minutes)',
    todo: '',
  };
}

async function labHost(socket: string): Promise<Requirement> {
  const client = createAgentClient(socket);
  const status = await client.status().catch(() => undefined);
  client.close();
  if (!status)
    return { name: 'lab host', ok: true, found: 'not running; `npm start` brings it up', todo: '' };
  const { engine, capacity, labs, ownUsers } = status;
  const users = ownUsers ? 'each lab with users of its own' : 'labs share users (kernel too old)';
  return {
    name: 'lab host',
    ok: engine.up,
    found: `engine ${engine.version}, ${String(labs)} labs, room for ${String(capacity.free)} more (${capacity.limitedBy} ends first), ${users}`,
    todo: 'Its engine has ended; `npm run lab -- down`, then `npm start`.',
  };
}

function line({ name, ok, found, todo }: Requirement): string {
  return `${ok ? '✓' : '✗'} ${name.padEnd(26)} ${found}${ok || todo === '' ? '' : `\n  → ${todo}`}`;
}
