import { openSqlite, systemClock } from '@skein/platform'
import { createSqliteEventLog } from '@skein/event-log'
import { edgeEvent } from './events.js'

/*
 * Run as a process of its own: writes a row and its event in one transaction, many at once, and prints the row's id
 * when it is acknowledged, until it is killed. Arguments: the file, the first id.
 */

const [file = '', first = '0'] = process.argv.slice(2)
const insert = 'INSERT INTO notes (id) VALUES (?)'
const writers = 8

const db = await openSqlite({ file, maxQueued: 1_000 })
await db.migrate('notes', ['CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT'])
await db.prepare([insert])
const log = await createSqliteEventLog({ db, lanes: 3, maxEntries: 1_000_000, clock: systemClock })
let next = Number(first)

async function writeOn(): Promise<never> {
  for (;;) {
    const id = next++
    await db.write((tx) => {
      tx(insert).run(id)
      log.appendIn(tx, [edgeEvent({ actor: id })])
    })
    process.stdout.write(`${id}\n`)
  }
}

await Promise.all(Array.from({ length: writers }, writeOn))
