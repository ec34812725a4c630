import { AppError, type PostRecord } from '@skein/contracts'
import type { Sqlite } from '@skein/platform'
import type { PostDraft } from '../post-store.js'
import type { PostWrites } from './post-writes.js'

/** Posts of one transaction: all of it runs in one turn of the event loop. */
const batchPosts = 100

/** See `PostStore.importPosts`. What was committed before a failure stays. @throws AppError not_found */
export async function importAll(
  db: Sqlite,
  writes: PostWrites,
  drafts: readonly PostDraft[],
  events: boolean,
): Promise<PostRecord[]> {
  const posts: PostRecord[] = []
  for (let start = 0; start < drafts.length; start += batchPosts) {
    const batch = drafts.slice(start, start + batchPosts)
    posts.push(...(await db.write((tx) => batch.map((draft) => accepted(writes.create(tx, draft, events))))))
  }
  return posts
}

function accepted(outcome: ReturnType<PostWrites['create']>): PostRecord {
  if (outcome.kind === 'created' || outcome.kind === 'repeated') return outcome.post
  throw new AppError('not_found', { message: `A post to import was refused: ${outcome.kind}.` })
}
