import { AppError, type PostRecord } from '@skein/contracts'
import type { EditOutcome } from '../store/post-store.js'
import { readContent, readText } from './people.js'
import { actorOf, os, type PostRpc } from './post-rpc.js'

export function editPost(rpc: PostRpc) {
  return os.posts.edit.handler(async ({ input, context }) => {
    const authorId = actorOf(context)
    const text = readText(input.text, rpc.maxGraphemes)
    const content = await readContent(rpc, context, text)
    return { post: accepted(await rpc.store.edit({ ...content, id: input.id, authorId, atMs: rpc.clock.now() })) }
  })
}

function accepted(outcome: EditOutcome): PostRecord {
  switch (outcome.kind) {
    case 'edited':
    case 'unchanged':
      return outcome.post
    case 'missing':
      throw new AppError('not_found')
    case 'forbidden':
    case 'gone':
      throw new AppError(outcome.kind)
  }
}
