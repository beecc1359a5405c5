import { fileURLToPath } from 'node:url';

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

import { besideTheApp } from './plugins/besideTheApp.ts';
import { paintFirst } from './plugins/paintFirst.ts';
import { precompress } from './plugins/precompress.ts';
import { preloadFont } from './plugins/preloadFont.ts';
import { pwa } from './plugins/pwa.ts';

const gateway = 'http://127.0.0.1:8000';

/** What runs in service workers too: its tests have Blobs that IndexedDB keeps and fetch sends, unlike jsdom's. */
const WITHOUT_A_PAGE = 'src/features/send/{outbox,scan}/**/*.test.ts';

export default defineConfig({
  plugins: [
    react(),
    tailwindcss(),
    besideTheApp(),
    preloadFont('inter-latin-wght-normal.woff2'),
    paintFirst('/identity/pages/SignInPage.tsx', '/identity/locales/en.json'),
    pwa(),
    precompress(),
  ],
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
            { name: 'zxcvbn', test: /node_modules\/@zxcvbn-ts\// },
            {
              name: 'vendor',
              test: /node_modules\/(react|react-dom|scheduler|react-router|i18next|react-i18next)\//,
            },
            // What many pages share goes in one file: each file is a request, and HTTP/1.1 has six at a time.
            { name: 'shared', test: /\/src\/shared\/|\/lucide-react\//, minShareCount: 4 },
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
