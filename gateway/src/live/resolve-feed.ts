import { AppError, parseFeed, type Handle, type PostId, type UserId } from '@skein/contracts'
import { LRUCache } from 'lru-cache'
import type { FeedKey } from './match.js'

export interface ResolveDeps {
  readonly userIdOf: (handle: Handle) => Promise<UserId | null>
  readonly postExists: (id: PostId) => Promise<boolean>
}

/**
 * The key under which a feed's entries are known: handles never change and ids never come back, so each is asked for once.
 * @throws AppError not_found
 */
export function createFeedResolver(deps: ResolveDeps): (name: string) => Promise<FeedKey> {
  const known = new LRUCache<string, FeedKey>({ max: 50_000 })
  return async (name) => {
    const held = known.get(name)
    if (held !== undefined) return held
    const feed = parseFeed(name)
    if (feed === null) throw new AppError('invalid', { fields: { feed: 'no such feed' } })
    const key = await keyOf(deps, feed)
    if (key === null) throw new AppError('not_found', { message: `There is no ${feed.kind} for ${name}.` })
    const resolved: FeedKey = { kind: feed.kind, key }
    known.set(name, resolved)
    return resolved
  }
}

async function keyOf(deps: ResolveDeps, feed: NonNullable<ReturnType<typeof parseFeed>>): Promise<string | null> {
  switch (feed.kind) {
    case 'home':
    case 'notifications':
    case 'public':
      return ''
    case 'tag':
      return feed.tag
    case 'user':
      return deps.userIdOf(feed.handle)
    case 'thread':
      return (await deps.postExists(feed.postId)) ? feed.postId : null
  }
}
