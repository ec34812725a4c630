import { AppError } from '@skein/contracts'
import { orAborted } from '../timed-signal.js'
import type { ServiceHandler } from './service-handler.js'
import type { RpcLink } from './wire.js'

/** Calls a service of the same process, through the same texts, schemas and checks as over HTTP. Closed: `unavailable`. */
export function inProcessLink(handler: ServiceHandler): RpcLink {
  let closed = false
  return {
    async call({ service, path, headers, text, signal }) {
      if (closed) throw new AppError('unavailable', { cause: new Error('the link is closed') })
      if (service !== handler.service) throw new Error(`a link to ${handler.service} was used for ${service}`)
      const request = { method: 'POST', path, headers, text: () => Promise.resolve(text), signal }
      return orAborted(handler.handle(request), signal)
    },
    close() {
      closed = true
      return Promise.resolve()
    },
  }
}
