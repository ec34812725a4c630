import type { FeedEvent } from './types.js'
import type { FeedLiveEvent } from './wire.js'

/** What one subscription has handed out, so that repeats are dropped; remembers the last 5,000 lines and posts. */
export interface Seen {
  /** The event as it is to be handed out; null for a repeat. */
  filter(event: Exclude<FeedLiveEvent, { type: 'cursor' }>): FeedEvent | null
  hasPost(postId: string): boolean
}

const keptMax = 5_000

export function createSeen(): Seen {
  const lines = new Set<string>()
  const revs = new Map<string, number>()

  function isNewer(postId: string, rev: number): boolean {
    if ((revs.get(postId) ?? 0) >= rev) return false
    revs.delete(postId)
    revs.set(postId, rev)
    trim(revs)
    return true
  }

  return {
    filter(event) {
      const { feeds: _feeds, ...rest } = event
      switch (rest.type) {
        case 'post': {
          const { post, id } = rest.item
          const isEdit = isNewer(post.id, post.rev) && lines.has(id)
          if (isEdit) return { type: 'edit', post, cursor: rest.cursor }
          return isNew(lines, id) ? rest : null
        }
        case 'notification':
          return isNew(lines, rest.notification.id) ? rest : null
        case 'edit':
          return isNewer(rest.post.id, rest.post.rev) ? rest : null
        case 'delete': {
          const { postId, entryId, cursor } = rest
          if (entryId !== undefined) lines.delete(entryId)
          return {
            type: 'delete',
            ...(postId === undefined ? {} : { postId }),
            ...(entryId === undefined ? {} : { entryId }),
            cursor,
          }
        }
        case 'sources':
        case 'more':
        case 'caught-up':
        case 'gap':
          return rest
      }
    },
    hasPost: (postId) => revs.has(postId),
  }
}

function isNew(lines: Set<string>, id: string): boolean {
  if (lines.has(id)) return false
  lines.add(id)
  trim(lines)
  return true
}

function trim(held: Set<string> | Map<string, unknown>): void {
  if (held.size <= keptMax) return
  for (const key of held.keys()) {
    held.delete(key)
    return
  }
}
