import type { Plugin } from 'vite';

interface Chunk {
  type: 'chunk';
  fileName: string;
  facadeModuleId: string | null;
  imports: string[];
}

/**
 * Has index.html be painted before its scripts take the link: its style sheet is small, they are not.
 *
 * The modules named come along with them, since who was never here before has to sign in: they would be asked for only
 * when all others have run. The build fails where there is no such module.
 */
export function paintFirst(...modules: string[]): Plugin {
  return {
    name: 'paint-first',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk') as Chunk[];
        const needed = new Set(modules.flatMap((module) => filesOf(module, chunks)));
        return {
          html: html.replaceAll(/<(script type="module"|link rel="modulepreload")/g, `<$1 ${LOW}`),
          tags: [...needed]
            .filter((name) => !html.includes(name))
            .map((name) => ({
              tag: 'link',
              attrs: {
                rel: 'modulepreload',
                fetchpriority: 'low',
                crossorigin: true,
                href: `/${name}`,
              },
              injectTo: 'head',
            })),
        };
      },
    },
  };
}

const LOW = 'fetchpriority="low"';

function filesOf(module: string, chunks: Chunk[]): string[] {
  const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(module));
  if (!chunk) throw new Error(`There is no module ${module}`);
  return [chunk.fileName, ...chunk.imports];
}
