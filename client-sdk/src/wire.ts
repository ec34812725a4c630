import { isRecord } from './errors.js'
import type { FeedItem, Me, Notification, Post, PostCounts } from './types.js'

/*
 * The live protocol as this package reads it. Held equal to the contracts by a test. Nothing is validated deeply: the
 * server is ours; what is checked is what would break us, and what we do not know is ignored.
 */

/** An event that moves a feed. */
export type FeedLiveEvent = { feeds: string[]; cursor: string } & (
  | { type: 'post'; item: FeedItem; replayed: boolean }
  | { type: 'notification'; notification: Notification; replayed: boolean }
  | { type: 'edit'; post: Post }
  | { type: 'delete'; postId?: string | undefined; entryId?: string | undefined }
  | { type: 'sources'; added: string[]; removed: string[] }
  | { type: 'more'; count: number }
  | { type: 'caught-up'; replayed: number }
  | { type: 'gap'; reason: 'expired' | 'epoch' }
  | { type: 'cursor' }
)

export type LiveEvent =
  | FeedLiveEvent
  | { type: 'stats'; postId: string; counts: PostCounts }
  | { type: 'read'; upTo: string }
  | { type: 'notice'; text: string }
  | { type: 'close'; reason: number; retryAfterMs: number }

export interface Signed {
  me: Me
  tokens: {
    sessionId: string
    accessToken: string
    accessExpiresAtMs: number
    refreshToken: string
    refreshExpiresAtMs: number
  }
}

const needs: Record<LiveEvent['type'], [string, string][]> = {
  post: [['item', 'object']],
  notification: [['notification', 'object']],
  edit: [['post', 'object']],
  delete: [],
  sources: [
    ['added', 'object'],
    ['removed', 'object'],
  ],
  more: [['count', 'number']],
  'caught-up': [],
  gap: [],
  cursor: [],
  stats: [
    ['postId', 'string'],
    ['counts', 'object'],
  ],
  read: [['upTo', 'string']],
  notice: [['text', 'string']],
  close: [['reason', 'number']],
}
const unmoving = new Set(['stats', 'read', 'notice', 'close'])

/** The events of one message that this version knows; the others are left out. */
export function readLiveEvents(message: unknown): LiveEvent[] {
  return Array.isArray(message) ? message.filter(isLiveEvent) : []
}

export function isMoving(event: LiveEvent): event is FeedLiveEvent {
  return !unmoving.has(event.type)
}

function isLiveEvent(value: unknown): value is LiveEvent {
  if (!isRecord(value)) return false
  const { type, feeds, cursor } = value
  if (typeof type !== 'string' || !Object.hasOwn(needs, type)) return false
  const fields = Object.entries(needs).find(([name]) => name === type)?.[1] ?? []
  if (!fields.every(([name, kind]) => typeof value[name] === kind && value[name] !== null)) return false
  return unmoving.has(type) || (Array.isArray(feeds) && typeof cursor === 'string')
}

export function isSigned(value: Record<string, unknown>): boolean {
  return isRecord(value['me']) && isRecord(value['tokens']) && typeof value['tokens']['accessToken'] === 'string'
}

export function hasItems(value: Record<string, unknown>): boolean {
  return Array.isArray(value['items'])
}

export function hasId(value: Record<string, unknown>): boolean {
  return typeof value['id'] === 'string'
}
