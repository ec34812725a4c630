import { AppError, type PostId, type PostRecord } from '@skein/contracts'
import type { ServiceContext } from '@skein/platform'
import type { EdgeKind } from '../store/post-store.js'
import { requireNoBlock } from './people.js'
import { actorOf, os, type PostRpc } from './post-rpc.js'

interface Wanted {
  readonly id: PostId
  readonly on: boolean
}

export function likePost(rpc: PostRpc) {
  return os.posts.like.handler(({ input, context }) => setEdge(rpc, context, 'like', input))
}

export function repostPost(rpc: PostRpc) {
  return os.posts.repost.handler(({ input, context }) => setEdge(rpc, context, 'repost', input))
}

export function bookmarkPost(rpc: PostRpc) {
  return os.posts.bookmark.handler(({ input, context }) => setEdge(rpc, context, 'bookmark', input))
}

/** What was put on can always be put off again: a block or a delete since then is no hindrance. */
async function setEdge(
  rpc: PostRpc,
  context: ServiceContext,
  kind: EdgeKind,
  { id, on }: Wanted,
): Promise<{ post: PostRecord }> {
  const actorId = actorOf(context)
  if (on && kind !== 'bookmark') await requireOpenPost(rpc, context, id)
  const outcome = await rpc.store.setEdge({ kind, actorId, postId: id, on, atMs: rpc.clock.now() })
  switch (outcome.kind) {
    case 'changed':
    case 'unchanged':
      return { post: outcome.post }
    case 'missing':
      throw new AppError('not_found')
    case 'gone':
      throw new AppError('gone')
  }
}

async function requireOpenPost(rpc: PostRpc, context: ServiceContext, id: PostId): Promise<void> {
  const [post] = await rpc.store.byIds([id], null)
  if (post === undefined) throw new AppError('not_found')
  if (post.deletedAtMs !== undefined) throw new AppError('gone')
  await requireNoBlock(rpc, context, post.authorId)
}
