import type { FeedItem, LogEvent, Notification, NotificationType, Post, PostRecord, UserId } from '@skein/contracts'
import type { WindowEntry } from '@skein/event-log'
import { isHidden, peopleOf, presentPost, type Viewer } from '@skein/visibility'
import type { CardCache } from './cards.js'

/*
 * The messages one log entry can become, each serialised once for everyone who gets it. A body is a JSON object's
 * inside without `feeds` and `cursor`, which differ by socket. The same body is the same string, so equal bodies group.
 */

/** Everyone whose card is needed to show an entry. */
export function peopleIn(event: LogEvent): UserId[] {
  switch (event.kind) {
    case 'post':
      return [...peopleOf(event.post), ...(event.quoted ? peopleOf(event.quoted) : [])]
    case 'repost':
    case 'like':
      return [event.actorId, ...(event.post ? peopleOf(event.post) : [])]
    case 'follow':
    case 'block':
    case 'mute':
      return [event.actorId]
    case 'user':
    case 'session':
      return []
  }
}

export class Rendered {
  readonly entry: WindowEntry
  readonly #cards: CardCache
  readonly #bodies = new Map<string, string | null>()

  constructor(entry: WindowEntry, cards: CardCache) {
    this.entry = entry
    this.#cards = cards
  }

  /** A line of a feed; null when its author is not known. */
  post(viewer: Viewer | null): string | null {
    return this.#variant('post', viewer, (post) => {
      const { event } = this.entry
      const item: FeedItem | null =
        event.kind === 'repost' ? this.#repostItem(event.edgeId, event.actorId, post) : { id: asEntry(post), post }
      return item && { type: 'post', item }
    })
  }

  edit(viewer: Viewer | null): string | null {
    return this.#variant('edit', viewer, (post) => ({ type: 'edit', post }))
  }

  notification(type: NotificationType, viewer: Viewer): string | null {
    const { event } = this.entry
    if (event.kind === 'post') {
      return this.#variant(`notification:${type}`, viewer, (post) =>
        this.#notification({ id: asEntry(post), type, atMs: post.createdAtMs, actor: post.author, post }),
      )
    }
    if (event.kind === 'repost' || event.kind === 'like') {
      return this.#variant(`notification:${type}`, viewer, (post) => {
        const actor = this.#cards.get(event.actorId)
        return actor === undefined
          ? null
          : this.#notification({ id: event.edgeId, type, atMs: event.atMs, actor, post })
      })
    }
    if (event.kind !== 'follow') return null
    const actor = this.#cards.get(event.actorId)
    return actor === undefined
      ? null
      : this.#body('follow', () => this.#notification({ id: event.edgeId, type, atMs: event.atMs, actor }))
  }

  deletedPost(id: string): string {
    return this.#body('delete', () => ({ type: 'delete', postId: id }))
  }

  goneEntry(id: string): string {
    return this.#body(`gone:${id}`, () => ({ type: 'delete', entryId: id }))
  }

  sources(added: readonly UserId[], removed: readonly UserId[]): string {
    return this.#body(`sources:${added.join()}:${removed.join()}`, () => ({ type: 'sources', added, removed }))
  }

  #notification(notification: Notification): object {
    return { type: 'notification', notification }
  }

  #repostItem(id: FeedItem['id'], actorId: UserId, post: Post): FeedItem | null {
    const repostedBy = this.#cards.get(actorId)
    return repostedBy === undefined ? null : { id, post, repostedBy }
  }

  /** Two forms at most: with the quote, and with it hidden from who blocks or mutes the quoted. */
  #variant(key: string, viewer: Viewer | null, make: (post: Post) => object | null): string | null {
    const { event } = this.entry
    const record = event.kind === 'post' || event.kind === 'repost' || event.kind === 'like' ? event.post : undefined
    if (record === undefined) return null
    const hidden = record.quoteOf !== undefined && isHidden(viewer, record.quoteOf.authorId)
    const memo = hidden ? `${key}:hidden` : key
    const held = this.#bodies.get(memo)
    if (held !== undefined) return held
    const post = this.#present(record, hidden)
    const made = post && make(post)
    const body = made && inside(made)
    this.#bodies.set(memo, body)
    return body
  }

  #present(record: PostRecord, hideQuote: boolean): Post | null {
    const { event } = this.entry
    const quoted = event.kind === 'post' || event.kind === 'repost' ? event.quoted : undefined
    return presentPost(record, {
      card: (id) => this.#cards.get(id),
      quoted: () => (hideQuote ? undefined : quoted),
      viewer: null,
    })
  }

  #body(key: string, make: () => object): string {
    const held = this.#bodies.get(key)
    if (held !== undefined && held !== null) return held
    const body = inside(make())
    this.#bodies.set(key, body)
    return body
  }
}

/** A post's own line has the post's id. */
function asEntry(post: Post): FeedItem['id'] {
  return post.id as string as FeedItem['id']
}

function inside(value: object): string {
  return JSON.stringify(value).slice(1, -1)
}
