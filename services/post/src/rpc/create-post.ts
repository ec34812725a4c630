import { AppError, type PostId, type PostRecord, type UserId } from '@skein/contracts'
import { hashBody } from '../domain/body-hash.js'
import type { CreateOutcome } from '../store/post-store.js'
import { readContent, readText } from './people.js'
import { actorOf, os, type PostRpc } from './post-rpc.js'

type Field = 'replyTo' | 'quoteOf'

/** Checks the text, then the key, then what is answered and quoted, then blocks; then one transaction decides. */
export function createPost(rpc: PostRpc) {
  return os.posts.create.handler(async ({ input: { idempotencyKey, ...input }, context }) => {
    const authorId = actorOf(context)
    const text = readText(input.text, rpc.maxGraphemes)
    const key =
      idempotencyKey === undefined ? undefined : { key: idempotencyKey, bodyHash: hashBody({ ...input, text }) }
    const repeated = key && (await findRepeated(rpc, authorId, key))
    if (repeated !== undefined) return { post: repeated, created: false }

    const targets = await readTargets(rpc, { replyTo: input.replyTo, quoteOf: input.quoteOf })
    const authors = targets.map((post) => post.authorId).filter((id) => id !== authorId)
    const content = await readContent(rpc, context, text, authors)
    const { replyTo, quoteOf } = input
    const outcome = await rpc.store.create({
      ...content,
      authorId,
      atMs: rpc.clock.now(),
      replyTo,
      quoteOf,
      idempotency: key,
    })
    const post = accepted(outcome)
    rpc.log.debug({ requestId: context.requestId, postId: post.id }, 'post created')
    return { post, created: outcome.kind === 'created' }
  })
}

async function findRepeated(
  { store }: PostRpc,
  authorId: UserId,
  { key, bodyHash }: { key: string; bodyHash: string },
): Promise<PostRecord | undefined> {
  const held = await store.byKey(authorId, key)
  if (held === null) return undefined
  if (held.bodyHash !== bodyHash) throw new AppError('idempotency_conflict')
  return held.post
}

async function readTargets({ store }: PostRpc, wanted: Record<Field, PostId | undefined>): Promise<PostRecord[]> {
  const fields = (['replyTo', 'quoteOf'] as const).flatMap((field) => {
    const id = wanted[field]
    return id === undefined ? [] : [{ field, id }]
  })
  if (fields.length === 0) return []
  const posts = await store.byIds([...new Set(fields.map(({ id }) => id))], null)
  return fields.map(({ field, id }) => {
    const post = posts.find((found) => found.id === id)
    if (post === undefined) throw refused('not_found', field)
    if (post.deletedAtMs !== undefined) throw refused('gone', field)
    return post
  })
}

function accepted(outcome: CreateOutcome): PostRecord {
  switch (outcome.kind) {
    case 'created':
    case 'repeated':
      return outcome.post
    case 'conflict':
      throw new AppError('idempotency_conflict')
    case 'missing':
      throw refused('not_found', outcome.field)
    case 'gone':
      throw refused('gone', outcome.field)
  }
}

function refused(code: 'not_found' | 'gone', field: Field): AppError {
  const problem = code === 'gone' ? 'was deleted by its author' : 'is no post'
  return new AppError(code, { message: `\`${field}\` ${problem}.`, fields: { [field]: problem } })
}
