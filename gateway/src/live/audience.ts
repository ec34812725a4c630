import type { Feed, LogEvent, PostEvent, UserId } from '@skein/contracts'
import type { ViewerState } from './viewers.js'

/** Where a subscription waits for entries: `kind` alone or `kind:key`. */
export type RouteKey = string

export function routeKeyOf(kind: Feed['kind'], key: string): RouteKey {
  return key === '' ? kind : `${kind}:${key}`
}

export interface Sources {
  viewersOf(author: UserId): Iterable<ViewerState>
  everyone(): Iterable<ViewerState>
}

/**
 * The route keys under which someone may want this entry: never too few; whether each subscription gets it is `match`'s
 * to say. Cost: the connected followers of the author, not the connected people.
 */
export function* audienceOf(event: LogEvent, sources: Sources): Generator<RouteKey> {
  switch (event.kind) {
    case 'post':
      yield* audienceOfPost(event, sources)
      return
    case 'repost':
      yield* homesOf(event.actorId, sources)
      yield routeKeyOf('user', event.actorId)
      yield routeKeyOf('notifications', event.postAuthorId)
      return
    case 'like':
      yield routeKeyOf('notifications', event.postAuthorId)
      return
    case 'follow':
      yield routeKeyOf('home', event.actorId)
      yield routeKeyOf('notifications', event.targetId)
      return
    case 'block':
    case 'mute':
    case 'user':
    case 'session':
      return
  }
}

function* homesOf(author: UserId, sources: Sources): Generator<RouteKey> {
  for (const viewer of sources.viewersOf(author)) yield routeKeyOf('home', viewer.id)
}

function* audienceOfPost(event: PostEvent, sources: Sources): Generator<RouteKey> {
  const { post, rev, spreaders, formerTags, formerMentions, quotedIn } = event
  const people = new Set<UserId>([...post.mentions, ...(formerMentions ?? [])])
  if (post.replyTo !== undefined) people.add(post.replyTo.authorId)
  if (post.quoteOf !== undefined) people.add(post.quoteOf.authorId)
  yield* homesOf(post.authorId, sources)
  yield 'public'
  yield routeKeyOf('user', post.authorId)
  for (const tag of new Set([...post.tags, ...(formerTags ?? [])])) yield routeKeyOf('tag', tag)
  for (const id of post.path) yield routeKeyOf('thread', id)
  if (rev > 1) {
    people.add(post.authorId)
    yield routeKeyOf('thread', post.id)
    for (const tag of quotedIn?.tags ?? []) yield routeKeyOf('tag', tag)
    for (const id of quotedIn?.threads ?? []) yield routeKeyOf('thread', id)
    if (spreaders === null)
      for (const viewer of sources.everyone())
        yield* [routeKeyOf('home', viewer.id), routeKeyOf('notifications', viewer.id), routeKeyOf('user', viewer.id)]
    for (const id of spreaders ?? []) {
      people.add(id)
      yield routeKeyOf('user', id)
      yield* homesOf(id, sources)
    }
  }
  for (const id of people) yield routeKeyOf('notifications', id)
}
