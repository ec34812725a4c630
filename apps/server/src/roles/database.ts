import { performance } from 'node:perf_hooks'
import { declareDatabaseMetrics } from '@skein/platform'
import { openMongo } from '@skein/platform/mongo'
import type { Connection } from 'mongoose'
import { untilAnswers, type Ground } from './ground.js'

export interface Database {
  /** @throws Error before it started */
  readonly connection: Connection
}

/** The MongoDB of this role, its commands timed. Waits for it at the start; away later, it is found again by itself. */
export function addDatabase(ground: Ground, url: string): Database {
  const { role, log, lifecycle, health, metrics } = ground
  let connection: Connection | undefined
  const opened = (): Connection => {
    if (connection === undefined) throw new Error('the database was not opened yet')
    return connection
  }
  lifecycle.add('database', {
    start: async () => {
      connection = await untilAnswers('mongodb', log, () => openMongo({ url, name: `skein-${role}`, log }))
      observe(connection, declareDatabaseMetrics(metrics, [role])(role))
    },
    close: () => connection?.close(),
  })
  health.add('database', {
    affectsReady: false,
    check: async () => void (await opened().db?.command({ ping: 1 })),
  })
  return {
    get connection() {
      return opened()
    },
  }
}

const writes = new Set(['insert', 'update', 'delete', 'findAndModify', 'findandmodify', 'bulkWrite'])

function observe(connection: Connection, metrics: ReturnType<ReturnType<typeof declareDatabaseMetrics>>): void {
  const client = connection.getClient()
  const startedAt = new Map<number, number>()
  const ended = ({ requestId, commandName }: { requestId: number; commandName: string }, isOk: boolean): void => {
    const at = startedAt.get(requestId) ?? performance.now()
    startedAt.delete(requestId)
    metrics.observe({ kind: writes.has(commandName) ? 'write' : 'read', durationMs: performance.now() - at, isOk })
  }
  client.on('commandStarted', ({ requestId }) => void startedAt.set(requestId, performance.now()))
  client.on('commandSucceeded', (event) => ended(event, true))
  client.on('commandFailed', (event) => ended(event, false))
}
