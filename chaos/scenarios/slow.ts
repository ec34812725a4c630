import { eventually } from '@skein/platform/testing'
import { listen } from '../listener.js'
import { openLink } from '../link.js'
import { admitRawAuthor } from '../raw-author.js'
import type { Scenario } from '../scenario.js'

const filler = `${'a long story '.repeat(60)} `
const together = 8

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
