import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { createSqliteEventLog } from '@skein/event-log'
import { openSqlite, systemClock } from '@skein/platform'
import { seededRandom } from '@skein/platform/testing'
import { tempFolder } from '@skein/platform/testing/sqlite'
import { startsOf } from './events.js'

const rounds = 5
const lanes = 3
const program = fileURLToPath(new URL('append-until-killed.ts', import.meta.url))

/** Lets the program write until it has acknowledged `count` rows, then kills it; all it acknowledged until it was gone. */
async function writeUntilKilled(file: string, first: number, count: number): Promise<number[]> {
  const args = ['--import', 'tsx', '--conditions=source', program, file, String(first)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const acknowledged: number[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(Number(line))
    if (acknowledged.length === count) child.kill('SIGKILL')
  }
  expect((await ended)[1]).to.equal('SIGKILL')
  return acknowledged
}

/** What the file holds after the crash: rows, and the rows that the events of all lanes tell of. */
async function readBack(file: string): Promise<{ rows: number[]; told: number[] }> {
  const db = await openSqlite({ file, maxQueued: 10 })
  const log = await createSqliteEventLog({ db, lanes, maxEntries: 1_000_000, clock: systemClock })
  const told: number[] = []
  for (const [lane, start] of startsOf(await log.heads()).entries()) {
    const result = await log.read(lane, start, 1_000_000)
    if (result.kind !== 'entries') throw new Error(`lane ${lane}: ${result.reason}`)
    const seqs = result.entries.map((entry) => entry.position.seq)
    expect(seqs).to.deep.equal(Array.from({ length: result.head.seq }, (_, i) => i + 1))
    told.push(...result.entries.map((entry) => Number(entry.event.subject)))
  }
  const rows = db.read('SELECT json_group_array(id) AS ids FROM notes').get()
  await log.close()
  await db.close()
  return { rows: parseIds(rows), told: told.sort((a, b) => a - b) }
}

function parseIds(row: unknown): number[] {
  const text = typeof row === 'object' && row !== null && 'ids' in row ? String(row.ids) : '[]'
  const ids: unknown = JSON.parse(text)
  return Array.isArray(ids) ? ids.map(Number).sort((a, b) => a - b) : []
}

describe('event log: SQLite under kill -9', function () {
  this.timeout(60_000)
  it('[LOG23] no acknowledged row is missing, and a row and its event are always together', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 0x7fffffff)
    console.log(`      seed ${seed}`)
    const random = seededRandom(seed)
    await using home = await tempFolder()
    const file = home.path('killed.db')
    const acknowledged: number[] = []
    for (let round = 0; round < rounds; round++) {
      const count = 1 + Math.floor(random.next() * 400)
      acknowledged.push(...(await writeUntilKilled(file, 1 + round * 100_000, count)))
      const { rows, told } = await readBack(file)
      expect(rows).to.include.members(acknowledged)
      expect(told).to.deep.equal(rows)
    }
  })
})
