/** Navigation, made when the site is configured: a chapter is a link until it has lessons, then a group. */
import { existsSync, readdirSync } from 'node:fs';
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
    { label: 'Operate', items: [{ label: 'How it is isolated', link: '/operate/isolation/' }] },
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
