import { z } from 'zod';
import type { DockerView, Json, JsonObject } from '../../labs/define-lab.ts';
import type { Asker } from './asker.ts';
import { readContainer } from './container-view.ts';
import { unframeLog } from './docker-log.ts';
import { list, object, text, understand } from './engine-fields.ts';
import { parseHostileJson } from './hostile-json.ts';
import { parseResponse, type RawResponse } from './http-response.ts';
import { readImage } from './image-view.ts';
import { Unaskable } from './unaskable.ts';
import { readVolume } from './volume-view.ts';

const logLines = 100;
const maxLogLines = 2000;

const summariesSchema = z.array(
  z.object({ Id: z.string(), Names: list, Image: text, State: text }),
);
const volumesSchema = z.object({ Volumes: z.array(z.object({ Name: z.string() })).nullish() });

export function createDockerView(asker: Asker): DockerView {
  const engine = new EngineReader(asker);
  return {
    async get(path) {
      const response = await engine.get(path);
      return { status: response.status, body: bodyOf(response) };
    },
    async up() {
      try {
        return (await engine.get('/_ping')).status === 200;
      } catch {
        return false;
      }
    },
    info: async () => understand(object, await engine.read('/info')),
    async containers() {
      const all = understand(summariesSchema, await engine.read('/containers/json?all=1'));
      return all.map(({ Id, Names, Image, State }) => ({
        id: Id,
        names: Names.map((name) => name.replace(/^\//, '')),
        image: Image,
        state: State,
      }));
    },
    async container(name) {
      const raw = await engine.find(`/containers/${segment(name)}/json`);
      return raw && readContainer(asker, raw);
    },
    async image(reference) {
      const raw = await engine.find(`/images/${reference.split('/').map(segment).join('/')}/json`);
      return raw && readImage(raw);
    },
    network: (name) => engine.find(`/networks/${segment(name)}`),
    async volume(name) {
      const raw = await engine.find(`/volumes/${segment(name)}`);
      return raw && readVolume(asker, raw);
    },
    async volumes() {
      const { Volumes } = understand(volumesSchema, await engine.read('/volumes'));
      return (Volumes ?? []).map(({ Name }) => Name);
    },
    async logs(name, { tail = logLines } = {}) {
      const lines = String(Math.min(tail, maxLogLines));
      const path = `/containers/${segment(name)}/logs?stdout=1&stderr=1&tail=${lines}`;
      const response = await engine.get(path);
      if (response.status === 404) return '';
      return unframeLog(expectOk(path, response).body, response.headers['content-type']);
    },
  };
}

class EngineReader {
  readonly #asker: Asker;

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  get(path: string): Promise<RawResponse> {
    return this.#asker.read({ kind: 'docker', path }, ({ body }) => parseResponse(body));
  }

  async read(path: string): Promise<Json> {
    return parseHostileJson(expectOk(path, await this.get(path)).body.toString('utf8'));
  }

  /** Undefined where the engine knows no such thing. */
  async find(path: string): Promise<JsonObject | undefined> {
    const response = await this.get(path);
    if (response.status === 404) return undefined;
    return understand(object, parseHostileJson(expectOk(path, response).body.toString('utf8')));
  }
}

function expectOk(path: string, response: RawResponse): RawResponse {
  if (response.status === 200) return response;
  throw new Unaskable(`The engine answered ${String(response.status)} to ${path}.`);
}

function bodyOf({ headers, body }: RawResponse): Json {
  const content = body.toString('utf8');
  return headers['content-type']?.includes('json') ? parseHostileJson(content) : content;
}

/** `:` and `@` stay: the engine's routes have them plain in image references. */
function segment(name: string): string {
  return encodeURIComponent(name).replaceAll('%3A', ':').replaceAll('%40', '@');
}
