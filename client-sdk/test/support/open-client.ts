import { createClientIn } from '../../src/client.js'
import { memoryStorage } from '../../src/storage.js'
import { realEnv } from '../../src/timing.js'
import type { Client, ClientOptions } from '../../src/types.js'
import type { FakeServer } from './fake-server.js'

/** A client that comes back fast; of `handle` when given. */
export function openClient(
  server: FakeServer,
  handle?: string,
  options: Partial<ClientOptions> = {},
  env = realEnv,
): Client {
  const storage = memoryStorage()
  if (handle !== undefined) void storage.save(server.session(handle))
  return createClientIn(env, { url: server.url, reconnect: { minMs: 5, maxMs: 40 }, storage, ...options })
}
