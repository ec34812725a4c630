import { AppError, type Post, type PostId, type PostRecord } from '@skein/contracts'
import { peopleOf, presentPost } from '@skein/visibility'
import type { CallOptions, Services } from './api-context.js'

/** Posts in the form clients see, for answers about one post. */
export interface ShownPosts {
  /** @throws AppError not_found, gone (deleted), blocked */
  get(id: PostId, options: CallOptions): Promise<Post>
  /**
   * The post a person has just changed something about. What they may not see any more, or is deleted, comes without its
   * text: the change itself is done.
   */
  afterChange(record: PostRecord, options: CallOptions): Promise<Post>
  /** A post its author has just made: one call less when it quotes nothing. */
  afterCreate(record: PostRecord, options: CallOptions): Promise<Post>
}

export function createShownPosts({ account, post, timeline }: Services): ShownPosts {
  async function find(id: PostId, options: CallOptions): Promise<Post | undefined> {
    const { items } = await timeline.posts({ ids: [id] }, options)
    return items[0]
  }

  async function present(record: PostRecord, options: CallOptions): Promise<Post> {
    const ids = [...new Set(peopleOf(record))]
    const { items } = await account.users.cards({ ids }, options)
    const cards = new Map(items.map((card) => [card.id, card]))
    const shown = presentPost(record, { card: (id) => cards.get(id), quoted: () => undefined, viewer: null })
    if (shown === null) throw new AppError('gone')
    return shown
  }

  return {
    async get(id, options) {
      const found = await find(id, options)
      if (found !== undefined) return found
      const { items } = await post.posts.byIds({ ids: [id] }, options)
      const [record] = items
      if (record === undefined) throw new AppError('not_found')
      throw new AppError(record.deletedAtMs === undefined ? 'blocked' : 'gone')
    },
    async afterChange(record, options) {
      return (await find(record.id, options)) ?? present(withoutText(record), options)
    },
    async afterCreate(record, options) {
      return record.quoteOf === undefined ? present(record, options) : this.afterChange(record, options)
    },
  }
}

function withoutText(record: PostRecord): PostRecord {
  const { quoteOf: _quoteOf, ...rest } = record
  return { ...rest, text: '', entities: [], tags: [], mentions: [] }
}
