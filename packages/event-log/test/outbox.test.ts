import { AppError, type LogEvent } from '@skein/contracts'
import { createOutbox, type OutboxSource } from '@skein/event-log'
import { eventually, fakeClock, silentLogger } from '@skein/platform/testing'
import { expect } from 'chai'
import { edgeEvent } from './events.js'

function arrange() {
  const clock = fakeClock()
  const owed = new Map<string, { dueMs: number; event: LogEvent }>()
  const log: LogEvent[] = []
  let isAway = false
  const broken = new Set<string>()
  const errors: unknown[] = []
  const logger = { ...silentLogger, error: (fields: object) => void errors.push(fields) }
  const source: OutboxSource<string> = {
    due: (nowMs, limit) =>
      Promise.resolve([...owed].flatMap(([key, { dueMs }]) => (dueMs <= nowMs ? [key] : [])).slice(0, limit)),
    read: (key) => {
      if (broken.has(key)) return Promise.reject(new TypeError(`${key} is not what it should be`))
      const note = owed.get(key)
      if (note === undefined) return Promise.resolve(null)
      return Promise.resolve({ events: [note.event], settle: async () => void owed.delete(key) })
    },
    oldestDueMs: () => Promise.resolve(Math.min(...[...owed.values()].map(({ dueMs }) => dueMs))),
  }
  const append = (events: readonly LogEvent[]) => {
    if (isAway) return Promise.reject(new AppError('delayed'))
    log.push(...events)
    return Promise.resolve([])
  }
  const outbox = createOutbox({ source, append, clock, log: logger })
  const owe = (key: string, dueMs: number) => owed.set(key, { dueMs, event: edgeEvent({ actor: owed.size, rev: 1 }) })
  return { clock, owed, log, outbox, owe, broken, errors, away: (is: boolean) => (isAway = is) }
}

describe('the outbox', () => {
  it('[OUT1] relays what a document owes, then takes the note away; nothing owed is nothing appended', async () => {
    const { outbox, owe, owed, log } = arrange()
    owe('a', 0)
    await outbox.relay('a')
    await outbox.relay('unknown')
    expect(log).to.have.length(1)
    await outbox.close()
    expect(owed.size).to.equal(0)
  })

  it('[OUT2] what the log refused stays owed and is swept when it is due, once the log answers', async () => {
    const { clock, outbox, owe, owed, log, away } = arrange()
    owe('a', clock.now() + 2_000)
    away(true)
    const refused = await outbox.relay('a').catch((thrown: unknown) => thrown)
    expect(refused).to.have.property('code', 'delayed')
    outbox.start()
    clock.advance(3_000)
    expect(owed.size).to.equal(1)
    away(false)
    await eventually(() => {
      clock.advance(1_000)
      return owed.size === 0
    })
    expect(log).to.have.length(1)
    await outbox.close()
  })

  it('[OUT3] tells how long the longest waiting note has been due', async () => {
    const { clock, outbox, owe } = arrange()
    owe('a', clock.now())
    clock.advance(5_000)
    expect(await outbox.ageMs()).to.equal(5_000)
  })

  it('[OUT4] a document that cannot be relayed is told of and does not hold up those behind it', async () => {
    const { clock, outbox, owe, owed, log, broken, errors } = arrange()
    owe('first', clock.now())
    owe('second', clock.now())
    broken.add('first')
    outbox.start()
    await eventually(() => {
      clock.advance(1_000)
      return owed.size === 1
    })
    expect(log).to.have.length(1)
    expect([...owed.keys()]).to.deep.equal(['first'])
    expect(errors[0]).to.have.property('key', 'first')
    broken.clear()
    await eventually(() => {
      clock.advance(1_000)
      return owed.size === 0
    })
    await outbox.close()
  })
})
