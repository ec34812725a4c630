import type { NotificationType, PostRecord, UserId } from '@skein/contracts'
import { noticeTypeOf } from '@skein/visibility'

export interface Addressed {
  readonly userId: UserId
  readonly type: NotificationType
}

/** Whom a post concerns, each once, by the strongest reason: reply, quote, mention. Never its author; nobody once deleted. */
export function addressedBy(post: PostRecord): Addressed[] {
  const people = [post.replyTo?.authorId, post.quoteOf?.authorId, ...post.mentions]
  return [...new Set(people.filter((id) => id !== undefined))].flatMap((userId) => {
    const type = noticeTypeOf(post, userId)
    return type === null ? [] : [{ userId, type }]
  })
}
