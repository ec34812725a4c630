import { systemClock } from '@skein/platform'
import type { Clients, Core } from '../embedded.js'
import { openCore } from '../embedded.js'
import { version } from '../version.js'
import { readSettings } from './config.js'

export interface Operator {
  readonly core: Core
  readonly clients: Clients
  /** The second argument of a call, for as long as one command takes. */
  readonly call: { readonly context: { readonly requestId: string; readonly deadlineAtMs: number } }
}

const commandMs = 30_000

/** Works on the data folder beside a running server or without one, as the operator. */
export async function withCore<T>(rawArgs: readonly string[], work: (operator: Operator) => Promise<T>): Promise<T> {
  const core = await openCore(readSettings(rawArgs), version)
  try {
    await core.start()
    const call = { context: { requestId: 'cli', deadlineAtMs: systemClock.now() + commandMs } }
    return await work({ core, clients: core.clientsFor('cli'), call })
  } finally {
    await core.close()
  }
}
