import { seedAccounts } from '@skein/account'
import type { PostId, UserId } from '@skein/contracts'
import { systemClock, systemRandom } from '@skein/platform'
import { findEntities, resolveContent, type PostDraft } from '@skein/post'
import type { Core } from '../embedded.js'
import { demoFollows, demoPassword, demoPeople } from './people.js'
import { replyWords, wordsOf } from './words.js'

const posts = 170
const replies = 30
const spanMs = 20 * 3_600_000

/**
 * Demo people, follows and two hundred posts of the last day, in an empty database. Whether the demo people are there
 * afterwards: false when somebody else's data is.
 */
export async function fillDemo(core: Core): Promise<boolean> {
  const clients = core.clientsFor('gateway')
  const call = { context: { requestId: 'demo', deadlineAtMs: systemClock.now() + 30_000 } }
  const { people } = await clients.account.users.count({}, call)
  if (people > 0) {
    const handles = demoPeople.map(({ handle }) => handle)
    return (await clients.account.users.byHandles({ handles }, call)).items.length === demoPeople.length
  }
  const ids = await seedAccounts(
    { people: demoPeople, follows: demoFollows(), passwordHash: await core.hasher.hash(demoPassword), events: true },
    { store: core.accountStore, clock: systemClock, random: systemRandom },
  )
  const written = await core.postStore.importPosts(draftsOf(ids, posts), { events: true })
  await core.postStore.importPosts(answersTo(written, ids), { events: true })
  return true
}

function contentOf(text: string) {
  return resolveContent(text, findEntities(text), [], () => false)
}

function draftsOf(ids: readonly UserId[], count: number): PostDraft[] {
  const from = systemClock.now() - spanMs
  return Array.from({ length: count }, (_, i) => {
    const who = 2 + Math.floor(systemRandom.next() * (ids.length - 2))
    const text = wordsOf(demoPeople[who]?.handle ?? 'clock', () => systemRandom.next())
    return { ...contentOf(text), authorId: pick(ids, who), atMs: from + Math.floor((i * spanMs) / (count + 1)) }
  })
}

function answersTo(
  written: readonly { readonly id: PostId; readonly createdAtMs: number }[],
  ids: readonly UserId[],
): PostDraft[] {
  return Array.from({ length: replies }, (_, i) => {
    const to = written[Math.floor(((i + 1) * written.length) / (replies + 1))]
    const who = 2 + Math.floor(systemRandom.next() * (ids.length - 2))
    return {
      ...contentOf(replyWords(() => systemRandom.next())),
      authorId: pick(ids, who),
      atMs: (to?.createdAtMs ?? 0) + 90_000,
      replyTo: to?.id,
    }
  }).toSorted((a, b) => a.atMs - b.atMs)
}

function pick(ids: readonly UserId[], at: number): UserId {
  const id = ids[at]
  if (id === undefined) throw new RangeError(`no demo person ${at}`)
  return id
}
