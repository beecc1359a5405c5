import type { Plugin } from 'vite';

/**
 * Has index.html load a font beside the style sheet instead of after it: first letters need not change their shape.
 *
 * `original` is the file's name before the build gave it its hash; the build fails where there is no such font.
 */
export function preloadFont(original: string): Plugin {
  return {
    name: 'preload-font',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle = {} }) {
        const font = Object.values(bundle).find(
          (file) => file.type === 'asset' && file.names.includes(original),
        );
        if (!font) throw new Error(`No style sheet uses ${original}`);
        const attrs = {
          rel: 'preload',
          href: `/${font.fileName}`,
          as: 'font',
          type: 'font/woff2',
          crossorigin: true,
        };
        return [{ tag: 'link', attrs, injectTo: 'head' }];
      },
    },
  };
}
