import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const compose = read('compose.yaml');
const settings = read('../../.env.example').match(/^[A-Z_]+(?==)/gm) ?? [];

describe('server/deploy', () => {
  it('sets in the containers only what is a setting', () => {
    const named = [...compose.matchAll(/^ {6}([A-Z_]+): /gm)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !settings.some((setting) => setting === name))).toEqual([]);
  });

  it('asks the environment only for what is a setting, or its own', () => {
    const asked = [...compose.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name ?? '');
    const own = ['DRYDOCK_VERSION', 'SERVER_MEMORY'];
    expect(asked.filter((name) => ![...settings, ...own].includes(name))).toEqual([]);
  });

  it('keeps the database in the volume, whoever the server runs as', () => {
    const [, folder] = /^ENV STATE_DIR=(\S+)/m.exec(read('Dockerfile')) ?? [];
    expect(compose).toContain(`- database:${folder}/web`);
  });

  it('starts images of this version', () => {
    const { version } = z
      .looseObject({ version: z.string() })
      .parse(JSON.parse(read('../../package.json')));
    const versions = [...compose.matchAll(/DRYDOCK_VERSION:-([^}]+)/g)].map(([, found]) => found);
    expect(versions).toEqual([version, version]);
  });

  it('has one pair of names in all examples', () => {
    for (const file of ['nginx.conf', 'Caddyfile', 'example.env']) {
      expect(read(file)).toContain('labs.example.org');
      expect(read(file)).toContain('previews.example.net');
    }
  });
});
