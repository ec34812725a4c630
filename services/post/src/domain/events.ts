import type { LikeEvent, PostEvent, PostId, PostRecord, RepostEvent, Tag, UserId } from '@skein/contracts'
import type { Edge } from './posts.js'

export interface PostEventParts {
  readonly quoted?: PostRecord | undefined
  /** Of an edit or a tombstone. */
  readonly spreaders?: UserId[] | null
  readonly formerTags?: Tag[]
  readonly formerMentions?: UserId[]
  readonly quotedIn?: PostEvent['quotedIn']
}

/** The state of a post at its revision. */
export function postEvent(
  post: PostRecord,
  { quoted, spreaders, formerTags, formerMentions, quotedIn }: PostEventParts = {},
): PostEvent {
  const entity = `post:${post.id}`
  return {
    id: `${entity}@${post.rev}`,
    entity,
    subject: post.authorId,
    rev: post.rev,
    atMs: post.deletedAtMs ?? post.editedAtMs ?? post.createdAtMs,
    kind: 'post',
    post: impersonal(post),
    ...(quoted === undefined ? {} : { quoted: impersonal(quoted) }),
    ...(spreaders === undefined ? {} : { spreaders }),
    ...(formerTags === undefined ? {} : { formerTags }),
    ...(formerMentions === undefined ? {} : { formerMentions }),
    ...(quotedIn === undefined ? {} : { quotedIn }),
  }
}

export interface EdgeEventParts {
  readonly actorId: UserId
  readonly atMs: number
  readonly edge: Edge
  readonly post: PostRecord
  readonly quoted?: PostRecord | undefined
}

/** The state of a repost; when on, with the post and what that quotes. */
export function repostEvent({ actorId, atMs, edge, post, quoted }: EdgeEventParts): RepostEvent {
  return {
    ...edgeBase('repost', actorId, post.id, edge, atMs),
    kind: 'repost',
    postId: post.id,
    postAuthorId: post.authorId,
    ...(edge.on ? { post: impersonal(post) } : {}),
    ...(edge.on && quoted !== undefined ? { quoted: impersonal(quoted) } : {}),
  }
}

/** The state of a like; when on, with the post. */
export function likeEvent({ actorId, atMs, edge, post }: EdgeEventParts): LikeEvent {
  return {
    ...edgeBase('like', actorId, post.id, edge, atMs),
    kind: 'like',
    postId: post.id,
    postAuthorId: post.authorId,
    ...(edge.on ? { post: impersonal(post) } : {}),
  }
}

function edgeBase(kind: 'repost' | 'like', actorId: UserId, postId: PostId, { rev, on, edgeId }: Edge, atMs: number) {
  const entity = `${kind}:${actorId}:${postId}`
  return { id: `${entity}@${rev}`, entity, subject: actorId, rev, atMs, on, edgeId, actorId }
}

/** Events are read by everyone: nobody's own flags are in them. */
function impersonal({ viewer: _viewer, ...post }: PostRecord): PostRecord {
  return post
}
