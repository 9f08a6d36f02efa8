import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import astro from 'eslint-plugin-astro';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Arrows of import go one way (DESIGN: "The shape"); the messages say what to do instead. */
const arrows = {
  docker: {
    group: ['dockerode', '@lydell/node-pty'],
    message:
      'Only server/lab-host talks to an engine or a PTY; add a verb to server/protocol/agent.ts.',
  },
  site: {
    group: ['**/src/**'],
    message: 'The server never imports the site; share through server/protocol.',
  },
  server: {
    regex: '(^|/)server/(?!protocol/)',
    message: 'The site imports server/protocol alone; ask the API for the rest.',
  },
  web: {
    group: ['**/web/**', '**/sessions/**', '**/cli/**'],
    message:
      'The lab host knows no learners; it shares only server/protocol (and errors.ts) with the web server.',
  },
};
const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

export default tseslint.config(
  {
    ignores: [
      'dist/',
      '.astro/',
      'node_modules/',
      'test-results/',
      'playwright-report/',
      'server/cli/lab/new-scenario/',
      'labs/**/files/',
      'labs/_images/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'import-x': importX },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/require-await': 'off',
      // A disposable is held by its name alone.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { varsIgnorePattern: '^_', argsIgnorePattern: '^_' },
      ],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
    },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.mjs', '.js'] })],
    },
  },
  {
    files: [
      'labs/**/lab.ts',
      '*.config.ts',
      '*.config.mjs',
      'src/content.config.ts',
      'tests/**/*.config.ts',
    ],
    rules: { 'import-x/no-default-export': 'off' },
  },
  {
    files: ['server/**/*.ts'],
    ignores: ['server/config.ts', '**/*.test.ts', 'server/cli/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Read it in server/config.ts and hand it down.',
        },
      ],
    },
  },
  { files: ['server/lab-host/**/*.ts'], rules: restrict(arrows.site, arrows.web) },
  {
    files: ['server/**/*.ts'],
    ignores: ['server/lab-host/**'],
    rules: restrict(arrows.docker, arrows.site),
  },
  { files: ['src/**/*.ts'], rules: restrict(arrows.docker, arrows.server) },
  { files: ['**/*.mjs', '*.config.ts'], languageOptions: { globals: globals.node } },
  ...astro.configs['flat/recommended'],
);
