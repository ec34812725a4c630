import { AppError } from '@skein/contracts'
import type { ServiceHandler } from './service-handler.js'
import type { RpcLink } from './wire.js'

/**
 * Calls a service of the same process, through the same texts, schemas and checks as over HTTP; the client leaves to the
 * service what it would only repeat. Closed: `unavailable`.
 */
export function inProcessLink(handler: ServiceHandler): RpcLink {
  let closed = false
  return {
    inProcess: true,
    async call({ service, path, headers, text, signal }) {
      if (closed) throw new AppError('unavailable', { cause: new Error('the link is closed') })
      if (service !== handler.service) throw new Error(`a link to ${handler.service} was used for ${service}`)
      return handler.handle({ method: 'POST', path, headers, text: () => Promise.resolve(text), signal })
    },
    close() {
      closed = true
      return Promise.resolve()
    },
  }
}
