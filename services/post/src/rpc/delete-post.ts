import { AppError, type PostRecord } from '@skein/contracts'
import type { RemoveOutcome } from '../store/post-store.js'
import { actorOf, os, type PostRpc } from './post-rpc.js'

export function deletePost(rpc: PostRpc) {
  return os.posts.delete.handler(async ({ input, context }) => {
    const removal = { id: input.id, authorId: actorOf(context), atMs: rpc.clock.now() }
    return { post: accepted(await rpc.store.remove(removal)) }
  })
}

function accepted(outcome: RemoveOutcome): PostRecord {
  switch (outcome.kind) {
    case 'removed':
    case 'unchanged':
      return outcome.post
    case 'missing':
      throw new AppError('not_found')
    case 'forbidden':
      throw new AppError('forbidden')
  }
}
