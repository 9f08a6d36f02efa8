import { posix } from 'node:path';
import { z } from 'zod';
import type { JsonObject, VolumeView } from '../../labs/define-lab.ts';
import { askFile } from './ask-file.ts';
import type { Asker } from './asker.ts';
import { text, texts, understand } from './engine-fields.ts';

const volumeSchema = z.object({
  Name: z.string(),
  Driver: text,
  Mountpoint: z.string().startsWith('/').max(2000),
  Labels: texts,
});

export function readVolume(asker: Asker, raw: JsonObject): VolumeView {
  const { Name, Driver, Mountpoint, Labels } = understand(volumeSchema, raw);
  return {
    name: Name,
    driver: Driver,
    mountpoint: Mountpoint,
    labels: Labels,
    // Wherever the engine says the volume is, the path is looked up inside the lab.
    file: (path, options) => askFile(asker, posix.join(Mountpoint, posix.join('/', path)), options),
  };
}
