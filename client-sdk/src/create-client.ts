import { createClientIn } from './client.js'
import { realEnv } from './timing.js'
import type { Client, ClientOptions } from './types.js'

/** A client of one server. It connects when something is subscribed; close it when done. */
export function createClient(options: ClientOptions): Client {
  return createClientIn(realEnv, options)
}
