import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';

describe('loadConfig', () => {
  it('has a default for everything', () => {
    const config = loadConfig({}, true);
    expect(config).toMatchObject({
      port: 4400,
      host: '127.0.0.1',
      agentSocket: '/run/drydock/agent.sock',
    });
    expect(config.publicUrl).toBe('http://127.0.0.1:4400');
  });

  it('reads the example file as the defaults', () => {
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
    expect(loadConfig(parseEnv(example))).toEqual(loadConfig({}));
  });

  it("keeps folders below the home directory, except root's", () => {
    const home = { HOME: '/home/ada' };
    const run = { XDG_RUNTIME_DIR: tmpdir(), XDG_STATE_HOME: '/home/ada/states' };
    expect(loadConfig(home, false)).toMatchObject({
      stateDir: '/home/ada/.local/state/drydock',
      runDir: '/home/ada/.local/state/drydock/run',
      agentSocket: '/home/ada/.local/state/drydock/run/agent.sock',
    });
    expect(loadConfig({ ...home, ...run }, false)).toMatchObject({
      stateDir: '/home/ada/states/drydock',
      runDir: `${tmpdir()}/drydock`,
    });
    expect(loadConfig({ ...home, ...run }, true)).toMatchObject({
      stateDir: '/var/lib/drydock',
      runDir: '/run/drydock',
    });
  });

  it('takes no run directory that is not there for the user, nor a relative one', () => {
    for (const XDG_RUNTIME_DIR of ['/nonexistent/user/0', 'tmp'])
      expect(
        loadConfig({ HOME: '/home/ada', XDG_RUNTIME_DIR, STATE_DIR: '/srv/d' }, false),
      ).toMatchObject({ stateDir: '/srv/d', runDir: '/srv/d/run' });
  });

  it('lets the place of the labs be picked, or be named', () => {
    expect(loadConfig({}).labHost).toBeUndefined();
    expect(loadConfig({ LAB_HOST: 'container' }).labHost).toBe('container');
    expect(() => loadConfig({ LAB_HOST: 'cloud' })).toThrow(
      'LAB_HOST must be embedded or container',
    );
  });

  it('reports all faults at once', () => {
    const load = () =>
      loadConfig({ PORT: '99999', MODE: 'x', LAB_MINUTES: '300', METRICS_TOKEN: 'short' });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/PORT must be(.|\n)*MODE(.|\n)*METRICS_TOKEN/);
  });

  it('refuses a maximum below the lab time', () => {
    expect(() => loadConfig({ LAB_MINUTES: '300' })).toThrow(
      'LAB_MAX_MINUTES must not be less than LAB_MINUTES',
    );
  });

  it('takes a secret from a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'drydock-config-')), 'token');
    writeFileSync(file, 'sixteen characters\n');
    expect(loadConfig({ METRICS_TOKEN_FILE: file }).metricsToken).toBe('sixteen characters');
    rmSync(dirname(file), { recursive: true });
    expect(() => loadConfig({ METRICS_TOKEN_FILE: file, PORT: 'x' })).toThrow(
      /METRICS_TOKEN_FILE cannot be read(.|\n)*PORT/,
    );
  });

  it('refuses a secret that is given twice', () => {
    expect(() =>
      loadConfig({ METRICS_TOKEN: 'sixteen characters', METRICS_TOKEN_FILE: '/dev/null' }),
    ).toThrow('METRICS_TOKEN and METRICS_TOKEN_FILE are both set');
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(loadConfig({}).labLimits)).toBe(true);
  });
});
