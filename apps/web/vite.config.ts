import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'
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

export default defineConfig(({ mode }) => ({
  root,
  resolve: { conditions: ['source', ...defaultClientConditions] },
  // `h(…)` for JSX, brought in where it is used: half a kB less than the automatic runtime.
  oxc: { jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' } },
  build: {
    outDir: mode === 'fake' ? 'test/dist/fake' : 'dist',
    emptyOutDir: true,
    rolldownOptions: {
      transform: { inject: { h: ['preact', 'h'], Fragment: ['preact', 'Fragment'] } },
    },
    target: ['chrome125', 'firefox128', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  plugins: mode === 'fake' ? [fakeEntry()] : [onlyWebsocket(), precompress({ firstScriptMaxBytes: 60_000 })],
}))
