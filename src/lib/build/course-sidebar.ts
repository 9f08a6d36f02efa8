/** Navigation, made when the site is configured: a chapter is a link until it has lessons, then a group. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { StarlightUserConfig } from '@astrojs/starlight/types';
import { courseChapters } from '../chapters.ts';

type Sidebar = NonNullable<StarlightUserConfig['sidebar']>;

export function courseSidebar(content: URL): Sidebar {
  const folders = existsSync(content) ? readdirSync(content) : [];
  return [
    { label: 'All scenarios', link: '/scenarios/' },
    {
      label: 'Chapters',
      items: courseChapters.flatMap((chapter) => chapterItem(content, folders, chapter)),
    },
    { label: 'Operate', collapsed: true, items: pages(content, folders, 'operate') },
    { label: 'Contribute', collapsed: true, items: pages(content, folders, 'contribute') },
  ];
}

function chapterItem(
  content: URL,
  folders: string[],
  chapter: { id: string; title: string },
): Sidebar {
  const folder = folders.find((name) => name.replace(/^\d+-/, '') === chapter.id);
  if (!folder) return [];
  const lessons = readdirSync(new URL(`${folder}/`, content)).filter((name) =>
    /\.mdx?$/.test(name),
  );
  if (lessons.length < 2) return [{ label: chapter.title, link: `/${chapter.id}/` }];
  return [
    { label: chapter.title, collapsed: true, items: [{ autogenerate: { directory: folder } }] },
  ];
}

/** A folder's pages by their `sidebar.order`; those that name none come last, by name. */
function pages(content: URL, folders: string[], address: string): Sidebar {
  const folder = folders.find((name) => name.replace(/^\d+-/, '') === address);
  if (!folder) return [];
  return readdirSync(new URL(`${folder}/`, content))
    .filter((name) => /\.mdx?$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(`${folder}/${name}`, content), 'utf8');
      const label = /^title: (.+)$/m.exec(text)?.[1] ?? name;
      const order = Number(/^ {2}order: (\d+)$/m.exec(text)?.[1] ?? Infinity);
      const page = name.replace(/\.mdx?$/, '');
      return { label, order, link: `/${address}/${page === 'index' ? '' : `${page}/`}` };
    })
    .sort((a, b) => a.order - b.order || 0)
    .map(({ label, link }) => ({ label, link }));
}
