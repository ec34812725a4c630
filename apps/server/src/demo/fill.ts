import { seedAccounts } from '@skein/account'
import type { PostId, UserId } from '@skein/contracts'
import { systemClock, systemRandom } from '@skein/platform'
import { findEntities, resolveContent, type PostDraft } from '@skein/post'
import type { Core } from '../embedded.js'
import { demoFollows, demoPassword, demoPeople } from './people.js'
import { replyWords, wordsOf } from './words.js'

const posts = 200
const replyEvery = 7
const spanMs = 20 * 3_600_000
const next = (): number => systemRandom.next()

/**
 * Demo people, follows and two hundred posts of the last day, in an empty database. Whether the demo people are there
 * afterwards: false when somebody else's data is.
 */
export async function fillDemo(core: Core): Promise<boolean> {
  const { account } = core.clientsFor('gateway')
  const call = { context: { requestId: 'demo', deadlineAtMs: systemClock.now() + 30_000 } }
  if ((await account.users.count({}, call)).people > 0) {
    const handles = demoPeople.map(({ handle }) => handle)
    return (await account.users.byHandles({ handles }, call)).items.length === demoPeople.length
  }
  const ids = await seedAccounts(
    {
      people: demoPeople,
      follows: demoFollows(),
      passwordHash: await core.hasher.hash(demoPassword),
      events: true,
    },
    { store: core.accountStore, clock: systemClock, random: systemRandom },
  )
  await writePosts(core, ids)
  return true
}

/** One after the other, as they would have been written: an author's ids only grow. */
async function writePosts(core: Core, ids: readonly UserId[]): Promise<void> {
  const from = systemClock.now() - spanMs
  const written: PostId[] = []
  for (let i = 0; i < posts; i++) {
    const who = 2 + Math.floor(next() * (ids.length - 2))
    const [authorId, handle] = [ids[who], demoPeople[who]?.handle]
    if (authorId === undefined || handle === undefined) continue
    const replyTo = i % replyEvery === replyEvery - 1 ? written[written.length - 1 - Math.floor(next() * 5)] : undefined
    const text = replyTo === undefined ? wordsOf(handle, next) : replyWords(next)
    const atMs = from + Math.floor((i * spanMs) / (posts + 1))
    const draft: PostDraft = { ...resolveContent(text, findEntities(text), [], () => false), authorId, atMs, replyTo }
    for (const { id } of await core.postStore.importPosts([draft], { events: true })) written.push(id)
  }
}
