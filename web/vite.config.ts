import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const gateway = 'http://127.0.0.1:8000';
const DOCS_UI = [
  'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt',
  'swagger-ui.css',
  'LICENSE',
  'NOTICE',
];

/** Puts Swagger UI beside the app, as it is: the gateway's `/docs` loads it from there, the app never does. */
function docsUi(): Plugin {
  return {
    name: 'docs-ui',
    apply: 'build',
    async generateBundle() {
      for (const name of DOCS_UI) {
        const file = fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`));
        this.emitFile({
          type: 'asset',
          fileName: `docs-ui/${name}`,
          source: await readFile(file),
        });
      }
    },
  };
}

/** What runs in service workers too: its tests have Blobs that IndexedDB keeps and fetch sends, unlike jsdom's. */
const WITHOUT_A_PAGE = 'src/features/send/{outbox,scan}/**/*.test.ts';

export default defineConfig({
  plugins: [react(), tailwindcss(), docsUi()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    // The oldest browsers that Tailwind 4 draws well in; they know no light-dark().
    cssTarget: ['chrome111', 'firefox128', 'safari16.4'],
    // Nothing may end up as a data: URL or an inline script: the server's CSP allows 'self' alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What every page needs and releases seldom change: browsers keep it over an update of ours.
        codeSplitting: {
          groups: [
            {
              name: 'vendor',
              test: /node_modules\/(react|react-dom|scheduler|react-router|i18next|react-i18next)\//,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': gateway, '/health': gateway } },
  preview: { proxy: { '/api': gateway, '/health': gateway } },
  test: {
    testTimeout: 15_000,
    restoreMocks: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'pages',
          environment: 'jsdom',
          setupFiles: ['src/test/setup.ts'],
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [WITHOUT_A_PAGE],
        },
      },
      {
        extends: true,
        test: {
          name: 'workers',
          environment: 'node',
          setupFiles: ['src/test/setupWorker.ts'],
          include: [WITHOUT_A_PAGE],
        },
      },
    ],
  },
});
