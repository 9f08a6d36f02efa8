import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { courseSidebar } from './course-sidebar.ts';

let content = '';
beforeEach(() => {
  content = mkdtempSync(join(tmpdir(), 'drydock-sidebar-'));
});
afterEach(() => rmSync(content, { recursive: true }));

function page(file: string, title: string, order?: number): void {
  mkdirSync(join(content, file, '..'), { recursive: true });
  const sidebar = order === undefined ? '' : `sidebar:\n  order: ${order}\n`;
  writeFileSync(join(content, file), `---\ntitle: ${title}\n${sidebar}---\n\ntitle: not this\n`);
}

describe('courseSidebar', () => {
  it('lists the pages for operators in the order that they name, the others after them', () => {
    page('900-operate/zeal.mdx', 'Zeal');
    page('900-operate/backup.mdx', 'Back up', 20);
    page('900-operate/index.mdx', 'Run it', 10);
    page('900-operate/away.mdx', 'Away');
    const group = courseSidebar(pathToFileURL(`${content}/`)).at(-2);
    expect(group).toEqual({
      label: 'Operate',
      collapsed: true,
      items: [
        { label: 'Run it', link: '/operate/' },
        { label: 'Back up', link: '/operate/backup/' },
        { label: 'Away', link: '/operate/away/' },
        { label: 'Zeal', link: '/operate/zeal/' },
      ],
    });
  });
});
