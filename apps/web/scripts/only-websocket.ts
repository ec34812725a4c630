import type { Plugin } from 'vite'

const library = /[\\/]engine\.io-client[\\/]/
const polling = /[\\/]engine\.io-client[\\/]build[\\/]esm[\\/]transports[\\/]polling-xhr\.js$/
const transportTable = /[\\/]engine\.io-client[\\/]build[\\/]esm[\\/]transports[\\/]index\.js$/

/**
 * The client speaks WebSocket alone, but the library's table of transports names long-polling and WebTransport too, and
 * long-polling acts when it is read, so no bundler can leave them out by itself. Here the table is written anew and
 * long-polling is empty, which saves 3 kB gzip. Fails the build when the library no longer has such a table.
 */
export function onlyWebsocket(): Plugin {
  let isUsed = false
  let isFound = false
  return {
    name: 'skein-only-websocket',
    apply: 'build',
    load(id) {
      if (polling.test(id)) return 'export class XHR {}\nexport class BaseXHR {}\nexport class Request {}\n'
      isUsed ||= library.test(id)
      if (!transportTable.test(id)) return null
      isFound = true
      return "import { WS } from './websocket.node.js'\nexport const transports = { websocket: WS }\n"
    },
    buildEnd(error) {
      if (error === undefined && isUsed && !isFound) this.error('engine.io-client has no transports/index.js any more')
    },
  }
}
