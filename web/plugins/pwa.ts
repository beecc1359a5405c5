import type { Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

const BRAND = '#0f5c73';
const CANVAS = '#f3f6f8';

/** The manifest, and the service worker of `src/sw.ts` with the list of files that the app starts with offline. */
export function pwa(): Plugin[] {
  return VitePWA({
    strategies: 'injectManifest',
    srcDir: 'src',
    filename: 'sw.ts',
    registerType: 'prompt',
    injectRegister: false, // src/app/updates.ts does it, after the page has loaded
    injectManifest: {
      rollupFormat: 'iife', // module service workers are too new for the browsers we draw in
      globPatterns: ['**/*.{js,css,html,svg,woff2}'],
      globIgnores: [
        'docs-ui/**',
        // Judging a password while it is typed is worth no quarter of a megabyte to who is offline.
        'assets/zxcvbn-*',
        // Without network the tables say what the charts would.
        'assets/charts-*',
        // Browsers keep these by their headers once a page has needed one.
        'assets/inter-latin-ext-*',
        'assets/noto-sans-arabic-*',
      ],
    },
    includeManifestIcons: false,
    manifest: {
      id: '/',
      name: 'RelayPACS Gateway',
      short_name: 'RelayPACS',
      description: 'DICOM studies, delivered and verified',
      lang: 'en',
      start_url: '/',
      scope: '/',
      display: 'standalone',
      theme_color: BRAND,
      background_color: CANVAS,
      categories: ['medical'],
      icons: [
        { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
        { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
        {
          src: '/icons/maskable-512.png',
          sizes: '512x512',
          type: 'image/png',
          purpose: 'maskable',
        },
      ],
      shortcuts: [
        { name: 'Send a study', short_name: 'Send', url: '/send' },
        { name: 'Uploads', url: '/uploads' },
      ],
    },
  });
}
