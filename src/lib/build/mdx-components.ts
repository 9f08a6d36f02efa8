/**
 * Gives every page of the course the components it may use, so that content/ imports nothing.
 * The lines go after the front matter, and only for the names the page uses.
 */
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

const components = {
  ChapterScenarios: '../../components/chapter/ChapterScenarios.astro',
  Lab: '../../components/lab/Lab.astro',
  Settings: '../../components/operate/Settings.astro',
};

export function mdxComponents(): AstroIntegration {
  return {
    name: 'drydock-mdx-components',
    hooks: {
      'astro:config:setup': ({ updateConfig }) => {
        updateConfig({
          vite: {
            plugins: [
              {
                name: 'drydock-mdx-components',
                enforce: 'pre',
                transform: {
                  filter: { id: /\.mdx$/ },
                  handler: (code: string) => ({ code: withImports(code), map: null }),
                },
              },
            ],
          },
        });
      },
    },
  };
}

function withImports(code: string): string {
  const imports = Object.entries(components)
    .filter(([name]) => code.includes(`<${name}`))
    .map(
      ([name, path]) => `import ${name} from '${fileURLToPath(new URL(path, import.meta.url))}';`,
    );
  if (imports.length === 0) return code;
  const end = /^---\r?\n[\s\S]*?\r?\n---\r?\n/.exec(code)?.[0].length ?? 0;
  return `${code.slice(0, end)}\n${imports.join('\n')}\n\n${code.slice(end)}`;
}
