import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig, type Plugin, type Rolldown } from 'vite'
import { onlyWebsocket } from './scripts/only-websocket.js'
import { precompress } from './scripts/precompress.js'

const root = fileURLToPath(new URL('.', import.meta.url))

/** In the `fake` mode the page runs over a scripted client, for tests and screenshots; nothing of it is in `dist`. */
function fakeEntry(): Plugin {
  return {
    name: 'skein-fake-entry',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => html.replace('/src/main.tsx', '/test/support/fake-entry.ts'),
    },
  }
}

/** Whether the page needs the module before it shows anything: one chunk packs better than the many that sharing would make. */
function isFirst(id: string, infoOf: (id: string) => Rolldown.ModuleInfo | null, seen = new Set<string>()): boolean {
  if (seen.has(id)) return false
  seen.add(id)
  const info = infoOf(id)
  return info !== null && (info.isEntry || info.importers.some((importer) => isFirst(importer, infoOf, seen)))
}

export default defineConfig(({ mode }) => ({
  root,
  resolve: { conditions: ['source', ...defaultClientConditions] },
  // `h(…)` for JSX, brought in where it is used: half a kB less than the automatic runtime.
  oxc: { jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' } },
  build: {
    outDir: mode === 'fake' ? 'test/dist/fake' : 'dist',
    emptyOutDir: true,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              debugName: 'first',
              name: (id, graph) => (isFirst(id, (of) => graph.getModuleInfo(of)) ? 'first' : null),
            },
          ],
        },
      },
      transform: { inject: { h: ['preact', 'h'], Fragment: ['preact', 'Fragment'] } },
    },
    target: ['chrome125', 'firefox128', 'safari17.5'],
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  plugins: mode === 'fake' ? [fakeEntry()] : [onlyWebsocket(), precompress({ pageScriptMaxBytes: 60_000 })],
}))
