import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';

describe('loadConfig', () => {
  it('has a default for everything', () => {
    const config = loadConfig({});
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
