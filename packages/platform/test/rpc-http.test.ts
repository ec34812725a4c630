import { request } from 'undici'
import { httpLink, serveRpc } from '../src/index.js'
import { rpcContract } from './rpc.contract.js'

rpcContract('over HTTP', async (service) => {
  const server = await serveRpc([service.handler], { host: '127.0.0.1', port: 0, graceMs: 200 })
  const link = httpLink({ host: 'localhost', port: server.port, resolve: () => Promise.resolve(['127.0.0.1']) })
  return {
    link,
    async raw({ method = 'POST', path, headers = {}, text }) {
      const url = `http://127.0.0.1:${server.port}/rpc/notes${path}`
      const response = await request(url, { method: method === 'PUT' ? 'PUT' : 'POST', headers, body: text })
      const named = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
      return {
        status: response.statusCode,
        headers: Object.fromEntries(named) as Record<string, string>,
        text: await response.body.text(),
      }
    },
    async close() {
      await link.close()
      await server.close()
    },
  }
})
