import { eventually } from '@skein/platform/testing'
import type { Crowd } from '../crowd.js'
import { listen } from '../listener.js'
import { openLink } from '../link.js'
import { admitRawAuthor } from '../raw-author.js'
import type { Scenario } from '../scenario.js'

const filler = `${'a long story '.repeat(60)} `
const together = 8
/** Generous: a machine that is busy is not a reader that holds up others. */
const othersMs = 10_000

export const slow: Scenario = {
  name: 'slow',
  about: 'A reader at 50 kB/s is sent 1 MB at once: it hears everything in order, and the others wait for nothing.',
  size: { rounds: 600, clients: 40, authors: 10, followsEach: 5, postsPerSecond: 20 },
  run: async ({ stage, crowd, rounds, fault, right, wrong, note }) => {
    const link = await openLink(() => Number(new URL(stage.url).port))
    const base = crowd.authors[0]?.handle.slice(3) ?? ''
    const reader = await crowd.join(`s${base}`, `http://127.0.0.1:${link.port}`)
    const writers = await Promise.all(
      Array.from({ length: together }, (_, n) => admitRawAuthor(crowd, stage.url, `w${n}_${base}`)),
    )
    for (const { handle } of writers) await reader.client.users.follow(handle, true)
    const listener = await listen(reader.client)
    const fromMs = performance.now()
    await fault('50 kB/s', async () => {
      link.limit(50_000)
      await Promise.all(
        writers.map(async (writer) => {
          for (let n = 0; n < rounds / together; n += 1) await writer.post(n, filler)
        }),
      )
    })
    const postedMs = performance.now() - fromMs
    const worstMs = slowest(crowd, fromMs)
    if (worstMs > othersMs) wrong(`others waited up to ${(worstMs / 1_000).toFixed(1)} s for a post`)
    await right()
    const due = writers.flatMap(({ sent }) => sent.flatMap(({ id }) => (id === undefined ? [] : [id])))
    await eventually(() => {
      const heard = new Set(listener.heard.map(({ id }) => id))
      const missing = due.filter((id) => !heard.has(id)).length
      if (missing > 0) throw new Error(`${missing} of ${due.length} were not heard`)
    }, 120_000).catch((thrown: unknown) => wrong(`I1 the slow reader: ${String(thrown)}`))
    if (listener.gaps.length > 0) wrong(`the slow reader was told ${listener.gaps.length} gaps`)
    if (new Set(listener.heard.map(({ id }) => id)).size < listener.heard.length)
      wrong('I3 the slow reader heard twice')
    const tookMs = performance.now() - fromMs
    note(
      `${due.length} long posts in ${(postedMs / 1_000).toFixed(0)} s, the slow reader had them after ${(tookMs / 1_000).toFixed(0)} s`,
    )
    await reader.client.close()
    await link.close()
  },
}

/** The longest time from the answer to a post until a reader heard it, since then. */
function slowest({ authors, readers }: Crowd, sinceMs: number): number {
  const at = new Map(authors.flatMap(({ sent }) => sent.map(({ id, acknowledgedMs }) => [id, acknowledgedMs] as const)))
  const waits = readers.flatMap(({ listener }) =>
    listener.heard.filter(({ atMs }) => atMs > sinceMs).map(({ id, atMs }) => atMs - (at.get(id) ?? atMs)),
  )
  return waits.reduce((most, ms) => Math.max(most, ms), 0)
}
