import type { Notification, UserCard } from '@skein/client'

export type NoticeLine =
  /** One post that answers, quotes or names the reader: shown as a post. */
  | { kind: 'post'; id: string; atMs: number; isNew: boolean; notification: Notification }
  /** What several people did to one thing. `actors` are distinct, the newest first. */
  | {
      kind: 'group'
      id: string
      atMs: number
      isNew: boolean
      type: 'like' | 'repost' | 'follow'
      actors: UserCard[]
      notification: Notification
    }

const dayMs = 24 * 60 * 60_000

/**
 * Notices as lines, newest first. Likes and reposts of one post, and follows, within a day become one line that stands
 * where its newest stands; seen and unseen ones are never mixed. `readUpTo` is the newest seen id, null when none is.
 */
export function groupNotices(notifications: readonly Notification[], readUpTo: string | null): NoticeLine[] {
  const lines: NoticeLine[] = []
  const open = new Map<string, Extract<NoticeLine, { kind: 'group' }>>()
  for (const notification of notifications) {
    const { id, type, atMs, actor } = notification
    const isNew = readUpTo === null || id > readUpTo
    if (type === 'mention' || type === 'reply' || type === 'quote') {
      lines.push({ kind: 'post', id, atMs, isNew, notification })
      continue
    }
    const key = `${type}:${notification.post?.id ?? ''}:${isNew}`
    const group = open.get(key)
    if (group !== undefined && group.atMs - atMs < dayMs) {
      if (!group.actors.some((known) => known.id === actor.id)) group.actors.push(actor)
      continue
    }
    const started = { kind: 'group' as const, id, atMs, isNew, type, actors: [actor], notification }
    open.set(key, started)
    lines.push(started)
  }
  return lines
}

export type Named = { named: UserCard[]; others: number }

/** Who is named: all of one or two, else the newest two and how many others. */
export function nameActors(actors: readonly UserCard[]): Named {
  const named = actors.slice(0, 2)
  return { named, others: actors.length - named.length }
}
