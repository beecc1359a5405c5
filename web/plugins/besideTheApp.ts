import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import type { Plugin } from 'vite';

/** Where each file of a package goes. The app loads none of them. */
const FILES: Record<string, string> = {
  // The gateway's `/docs` shows the API with it.
  'swagger-ui-dist/swagger-ui-bundle.js': 'docs-ui/swagger-ui-bundle.js',
  'swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt': 'docs-ui/swagger-ui-bundle.js.LICENSE.txt',
  'swagger-ui-dist/swagger-ui.css': 'docs-ui/swagger-ui.css',
  'swagger-ui-dist/LICENSE': 'docs-ui/LICENSE',
  'swagger-ui-dist/NOTICE': 'docs-ui/NOTICE',
  // The fonts' licence asks to go where they go.
  '@fontsource-variable/inter/LICENSE': 'licenses/inter.txt',
  '@fontsource-variable/noto-sans-arabic/LICENSE': 'licenses/noto-sans-arabic.txt',
};

/** Puts files of packages beside the app, as they are. */
export function besideTheApp(): Plugin {
  return {
    name: 'beside-the-app',
    apply: 'build',
    async generateBundle() {
      for (const [from, fileName] of Object.entries(FILES)) {
        const source = await readFile(fileURLToPath(import.meta.resolve(from)));
        this.emitFile({ type: 'asset', fileName, source });
      }
    },
  };
}
