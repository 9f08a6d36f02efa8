import { docsLoader } from '@astrojs/starlight/loaders';
import { docsSchema } from '@astrojs/starlight/schema';
import { defineCollection } from 'astro:content';
import { scenarioCardSchema, scenarioLoader } from './lib/build/scenario-loader.ts';

export const collections = {
  docs: defineCollection({
    loader: docsLoader({ generateId: ({ entry }) => addressOf(entry) }),
    schema: docsSchema(),
  }),
  scenarios: defineCollection({ loader: scenarioLoader(), schema: scenarioCardSchema }),
};

/** `070-networking/020-dns.mdx` → `networking/dns`: order never reaches an address. */
function addressOf(entry: string): string {
  const parts = entry
    .replace(/\.\w+$/, '')
    .split('/')
    .map((part) => part.replace(/^\d+-/, ''));
  return parts.at(-1) === 'index' && parts.length > 1
    ? parts.slice(0, -1).join('/')
    : parts.join('/');
}
