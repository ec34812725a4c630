import type { EntryId, Notification, NotificationType, PostId, UserId } from '@skein/contracts'
import { isNoticeVisible } from '@skein/visibility'
import { mergeNearest } from '../domain/merge-newest.js'
import type { Feed, LineRange } from '../domain/read-lines.js'
import type { Parts } from '../parts.js'
import type { OwnRead } from './begin-read.js'
import { present, readRecords } from './posts.js'

/** What somebody did that concerns the reader, before the post is read. */
export interface NoticeLine {
  readonly id: EntryId
  readonly type: NotificationType
  readonly actorId: UserId
  readonly atMs: number
  /** Absent: a follow. */
  readonly postId?: PostId
}

/** The most both services list at once. */
const noticesMax = 200
const mentionTypes: NotificationType[] = ['mention', 'reply', 'quote']

/** Both services' notices of the reader in one order. `mentions`: what names, answers or quotes the reader. */
export function noticeFeed(parts: Parts, read: OwnRead, only: 'all' | 'mentions'): Feed<NoticeLine, Notification> {
  return {
    ...noticeLines(parts, read, only),
    async show(lines) {
      const records = await readRecords(
        parts,
        lines.flatMap(({ postId }) => postId ?? []),
        read.call,
      )
      const alive = lines.filter(({ postId }) => postId === undefined || isAlive(records.get(postId)))
      const presented = await present(
        parts,
        read,
        alive.flatMap(({ postId }) => (postId && records.get(postId)) ?? []),
        alive.map(({ actorId }) => actorId),
      )
      return alive.flatMap(({ id, type, atMs, actorId, postId }): Notification[] => {
        const actor = presented.card(actorId)
        if (actor === undefined) return []
        if (postId === undefined) return [{ id, type, atMs, actor }]
        const record = records.get(postId)
        const post = record && presented.post(record)
        return post === undefined ? [] : [{ id, type, atMs, actor, post }]
      })
    },
  }
}

/** The same lines, only to be counted: no post is read. */
export function countedNotices(parts: Parts, read: OwnRead): Feed<NoticeLine, NoticeLine> {
  return { ...noticeLines(parts, read, 'all'), show: (lines) => Promise.resolve(lines) }
}

function noticeLines(
  { post, account }: Parts,
  { viewer, call }: OwnRead,
  only: 'all' | 'mentions',
): Omit<Feed<NoticeLine, NoticeLine>, 'show'> {
  async function lines(range: LineRange): Promise<NoticeLine[]> {
    if (only === 'mentions') return (await post.entries.notices({ ...range, types: mentionTypes }, call)).items
    const [notices, follows] = await Promise.all([
      post.entries.notices(range, call),
      account.edges.followNotices(range, call),
    ])
    const followLines = follows.items.map((line): NoticeLine => ({ ...line, type: 'follow' }))
    return mergeNearest<NoticeLine>(
      notices.items,
      followLines,
      range.limit,
      range.after === undefined ? 'older' : 'newer',
    )
  }
  return { maxLines: noticesMax, lines, mayShow: ({ actorId }) => isNoticeVisible(actorId, viewer) }
}

function isAlive(record: { readonly deletedAtMs?: number | undefined } | undefined): boolean {
  return record !== undefined && record.deletedAtMs === undefined
}
