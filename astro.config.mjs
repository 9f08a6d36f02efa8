import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';
import { focusableCode, runButton } from './src/lib/build/code-blocks.ts';
import { courseSidebar } from './src/lib/build/course-sidebar.ts';
import { mdxComponents } from './src/lib/build/mdx-components.ts';

const frame = (name) => `./src/components/frame/${name}.astro`;

export default defineConfig({
  trailingSlash: 'always',
  // Scripts stay files of their own, so that the content security policy needs no hash for them.
  vite: { build: { assetsInlineLimit: 0 } },
  devToolbar: { enabled: false },
  integrations: [
    mdxComponents(),
    starlight({
      title: 'Drydock',
      description: 'Learn to troubleshoot Docker and Kubernetes by repairing broken ones.',
      favicon: '/favicon.svg',
      customCss: ['./src/styles/theme.css', './src/styles/frame.css'],
      components: {
        Head: frame('Head'),
        Header: frame('Header'),
        MobileMenuFooter: frame('MobileMenuFooter'),
        PageFrame: frame('PageFrame'),
        PageTitle: frame('PageTitle'),
        Search: frame('Search'),
        SiteTitle: frame('SiteTitle'),
        Footer: frame('Footer'),
      },
      expressiveCode: {
        plugins: [runButton(), focusableCode()],
        themes: ['github-dark-default', 'github-light-default'],
        // What a long error says is often at its end: nothing of it may hide behind an edge.
        defaultProps: {
          wrap: true,
          preserveIndent: true,
          overridesByLang: { 'sh,bash,shell,console': { frame: 'none' } },
        },
        styleOverrides: { borderRadius: '0.25rem', frames: { shadowColor: 'transparent' } },
      },
      lastUpdated: false,
      sidebar: courseSidebar(new URL('./content/', import.meta.url)),
    }),
  ],
});
