import { inProcessLink } from '../src/index.js'
import { rpcContract } from './rpc.contract.js'

rpcContract('in process', (service) => {
  const link = inProcessLink(service.handler)
  return Promise.resolve({
    link,
    raw: ({ method = 'POST', path, headers = {}, text }) =>
      service.handler.handle({
        method,
        path,
        headers,
        text: () => Promise.resolve(text),
        signal: new AbortController().signal,
      }),
    close: () => link.close(),
  })
})
