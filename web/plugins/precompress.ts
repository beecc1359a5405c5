import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import type { Plugin } from 'vite';

const TEXT = /\.(?:js|css|html|svg|webmanifest)$/;
/** A smaller file gains nothing that its headers would not take again. */
const WORTHWHILE = 1024;

const CODINGS = {
  br: (content: Buffer) =>
    promisify(brotliCompress)(content, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    }),
  gz: (content: Buffer) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
};

/** Puts `<file>.br` and `<file>.gz` beside what is text: the gateway sends them as they are (relaypacs/webapp.py). */
export function precompress(): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle: {
      order: 'post', // the service worker is made at the very end too
      sequential: true,
      async handler() {
        const names = await readdir(folder, { recursive: true });
        for (const name of names.filter((one) => TEXT.test(one))) {
          const content = await readFile(join(folder, name));
          if (content.length < WORTHWHILE) continue;
          for (const [suffix, coded] of Object.entries(CODINGS)) {
            await writeFile(join(folder, `${name}.${suffix}`), await coded(content));
          }
        }
      },
    },
  };
}
