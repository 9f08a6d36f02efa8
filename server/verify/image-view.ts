import { z } from 'zod';
import type { ImageView, JsonObject } from '../../labs/define-lab.ts';
import {
  count,
  environment,
  list,
  record,
  text,
  texts,
  understand,
  words,
} from './engine-fields.ts';

const imageSchema = z.object({
  Id: z.string(),
  RepoTags: list,
  Size: count,
  RootFS: z.object({ Layers: list }).nullish(),
  Config: z
    .object({
      Env: environment,
      Cmd: words,
      Entrypoint: words,
      User: text,
      WorkingDir: text,
      ExposedPorts: record(z.unknown()),
      Labels: texts,
    })
    .nullish(),
});

export function readImage(raw: JsonObject): ImageView {
  const { Id, RepoTags, Size, RootFS, Config } = understand(imageSchema, raw);
  return {
    id: Id,
    tags: RepoTags,
    size: Size,
    layers: RootFS?.Layers ?? [],
    env: Config?.Env ?? {},
    cmd: Config?.Cmd ?? [],
    entrypoint: Config?.Entrypoint ?? [],
    user: Config?.User ?? '',
    workingDir: Config?.WorkingDir ?? '',
    exposedPorts: Object.keys(Config?.ExposedPorts ?? {}),
    labels: Config?.Labels ?? {},
    raw,
  };
}
