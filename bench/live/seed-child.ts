import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { seedAccounts } from '@skein/account'
import { Handle, type UserId } from '@skein/contracts'
import { systemClock } from '@skein/platform'
import { seededRandom } from '@skein/platform/testing'
import { findEntities, resolveContent, type PostDraft } from '@skein/post'
import { openCore, type Core } from '@skein/server'
import { z } from 'zod'
import { answerCalls } from './child.js'
import { Population, type Plan } from './protocol.js'
import { benchConfig } from './settings.js'

/*
 * Fills a new data folder through the stores, and mints an access token for everyone, in a process of its own: what that
 * costs is not in the server's memory.
 */

const Order = Population.extend({ dataDir: z.string() })
const mintsAtOnce = 64
const callMs = 30_000
const spanMs = 24 * 3_600_000
const words = 'geese fly in a line over the lake at dusk and one of them calls the others home'.split(' ')

async function fill({ dataDir, ...population }: z.infer<typeof Order>): Promise<Plan> {
  const core = await openCore(benchConfig(dataDir), 'bench')
  await core.start()
  const { authors, viewers, seed, history } = population
  const random = seededRandom(seed)
  const handles = [...names('author', authors), ...names('viewer', viewers)]
  const chosen = Array.from({ length: viewers }, () => chooseSome(population, () => random.next()))
  const ids = await seedAccounts(
    {
      people: handles.map((handle) => ({ handle, name: `The ${handle}` })),
      follows: chosen.flatMap((targets, i) => targets.map((target) => [authors + i, target] as const)),
      passwordHash: await core.hasher.hash('nobody signs in with this'),
      events: false,
    },
    { store: core.accountStore, clock: systemClock, random },
  )
  await core.postStore.importPosts(
    draftsBy(ids.slice(0, authors), history, () => random.next()),
    { events: false },
  )
  const tokens = await mint(core, handles)
  await core.close()
  const holders = tokens.map((token) => ({ token }))
  return {
    authors: holders.slice(0, authors),
    viewers: holders.slice(authors).map((holder, i) => ({ ...holder, follows: chosen[i] ?? [] })),
    seed,
  }
}

function names(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${kind}${String(i).padStart(5, '0')}`)
}

function chooseSome({ authors, follows }: Population, next: () => number): number[] {
  const chosen = new Set<number>()
  while (chosen.size < Math.min(follows, authors)) chosen.add(Math.floor(next() * authors))
  return [...chosen]
}

function draftsBy(authorIds: readonly UserId[], count: number, next: () => number): PostDraft[] {
  const fromMs = systemClock.now() - spanMs
  return Array.from({ length: count }, (_, i) => {
    const authorId = authorIds[Math.floor(next() * authorIds.length)]
    if (authorId === undefined) throw new RangeError('no author')
    const text = Array.from({ length: 12 }, () => words[Math.floor(next() * words.length)]).join(' ')
    const content = resolveContent(text, findEntities(text), [], () => false)
    return { ...content, authorId, atMs: fromMs + Math.floor((i * spanMs) / (count + 1)) }
  })
}

async function mint(core: Core, handles: readonly string[]): Promise<string[]> {
  const { operator } = core.clientsFor('cli').account
  const tokens: string[] = []
  let next = 0
  async function mintOn(): Promise<void> {
    for (let at = next++; at < handles.length; at = next++) {
      const context = { requestId: 'bench', deadlineAtMs: systemClock.now() + callMs }
      const handle = handles[at] ?? ''
      tokens[at] = (
        await operator.createToken({ handle: Handle.parse(handle), client: 'bench' }, { context })
      ).accessToken
    }
  }
  await Promise.all(Array.from({ length: mintsAtOnce }, mintOn))
  return tokens
}

answerCalls({
  seed: async (input) => {
    const order = Order.parse(input)
    const file = join(order.dataDir, 'plan.json')
    const plan = await fill(order)
    await writeFile(file, JSON.stringify(plan))
    return file
  },
})
