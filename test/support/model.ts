/*
 * What Skein should show, written from the rules alone: a few people, every one of whose acts is applied here too. It
 * knows nothing of the code. People are numbers, posts are the numbers in which they were written.
 */

export type Act =
  | { readonly type: 'follow' | 'block' | 'mute'; readonly by: number; readonly whom: number; readonly on: boolean }
  | { readonly type: 'post'; readonly by: number; readonly tagged: boolean; readonly names: number | null }
  | {
      readonly type: 'reply' | 'quote'
      readonly by: number
      readonly post: number
      readonly tagged: boolean
      readonly names: number | null
    }
  | { readonly type: 'repost' | 'like'; readonly by: number; readonly post: number; readonly on: boolean }
  | { readonly type: 'edit'; readonly post: number; readonly tagged: boolean }
  | { readonly type: 'delete'; readonly post: number }

export type Outcome = 'done' | 'blocked' | 'gone'

export interface ModelPost {
  readonly author: number
  readonly replyTo: number | null
  readonly quoteOf: number | null
  readonly names: readonly number[]
  /** When it was written; acts are numbered. */
  readonly at: number
  text: string
  tagged: boolean
  rev: number
  deleted: boolean
}

/** A line of a feed: of a post and its reposts the newest one that the viewer may see. */
export interface ModelLine {
  readonly post: number
  readonly repostedBy: number | null
}

export type Quote = { readonly of: number; readonly as: 'text' | 'hidden' | 'deleted' }

interface Mark {
  readonly by: number
  readonly post: number
  readonly at: number
}

export interface ModelNotice {
  readonly type: 'reply' | 'quote' | 'mention' | 'repost' | 'like' | 'follow'
  readonly by: number
  readonly post: number | null
}

export class Model {
  readonly posts: ModelPost[] = []
  /** When each began. */
  readonly #edges = {
    follow: new Map<string, number>(),
    block: new Map<string, number>(),
    mute: new Map<string, number>(),
  }
  #likes: Mark[] = []
  #reposts: Mark[] = []
  #now = 0

  /** What the server should answer, and does it if it should be done. `text` is of a new or changed post. */
  apply(act: Act, text: string): Outcome {
    this.#now += 1
    switch (act.type) {
      case 'follow':
      case 'block':
      case 'mute':
        return this.#relate(act)
      case 'post':
        return this.#write({ ...act, replyTo: null, quoteOf: null }, text)
      case 'reply':
        return this.#write({ ...act, replyTo: act.post, quoteOf: null }, text)
      case 'quote':
        return this.#write({ ...act, replyTo: null, quoteOf: act.post }, text)
      case 'repost':
      case 'like':
        return this.#mark(act)
      case 'edit':
        return this.#edit(act, text)
      case 'delete':
        this.#post(act.post).deleted = true
        return 'done'
    }
  }

  home(viewer: number): ModelLine[] {
    const isSource = (person: number) => person === viewer || this.#has('follow', viewer, person)
    return this.#collapsed((post, by, isRepost) => {
      if (!isSource(by) || !this.#isShown(viewer, by, post)) return false
      if (isRepost || post.replyTo === null || post.author === viewer) return true
      return isSource(this.#post(post.replyTo).author) || post.names.includes(viewer)
    })
  }

  /** null: somebody without an account. */
  tag(viewer: number | null): ModelLine[] {
    return this.#collapsed((post, by, isRepost) => !isRepost && post.tagged && this.#isShown(viewer, by, post))
  }

  /** What a person wrote and reposted; a mute does not close it. */
  user(viewer: number | null, person: number): ModelLine[] {
    const isOpen = (other: number) => viewer === null || !this.isParted(viewer, other)
    return this.#collapsed((post, by) => by === person && isOpen(by) && isOpen(post.author))
  }

  /** What others did that concerns the viewer, newest first. */
  notices(viewer: number): ModelNotice[] {
    const ofMine = (marks: readonly Mark[], type: 'repost' | 'like') =>
      marks.flatMap(({ by, post, at }) => (this.#post(post).author === viewer ? [{ type, by, post, at }] : []))
    const ofPosts = this.posts.flatMap((post, index) => {
      const type = this.#concerns(viewer, post)
      return type === null ? [] : [{ type, by: post.author, post: index, at: post.at }]
    })
    const ofFollows = [...this.#edges.follow].flatMap(([key, at]) => {
      const [by, whom] = key.split('>').map(Number)
      return whom === viewer && by !== undefined ? [{ type: 'follow' as const, by, post: null, at }] : []
    })
    return [...ofMine(this.#reposts, 'repost'), ...ofMine(this.#likes, 'like'), ...ofPosts, ...ofFollows]
      .filter(
        ({ by, post }) => by !== viewer && !this.#isHidden(viewer, by) && !(post !== null && this.#post(post).deleted),
      )
      .sort((a, b) => b.at - a.at)
      .map(({ type, by, post }) => ({ type, by, post }))
  }

  /** The strongest reason why a post is told to the viewer. */
  #concerns(viewer: number, { replyTo, quoteOf, names }: ModelPost): 'reply' | 'quote' | 'mention' | null {
    if (replyTo !== null && this.#post(replyTo).author === viewer) return 'reply'
    if (quoteOf !== null && this.#post(quoteOf).author === viewer) return 'quote'
    return names.includes(viewer) ? 'mention' : null
  }

  isParted(a: number, b: number): boolean {
    return this.#has('block', a, b) || this.#has('block', b, a)
  }

  /** How a quote is shown to the viewer. */
  quote(viewer: number | null, post: ModelPost): Quote | null {
    if (post.quoteOf === null) return null
    const quoted = this.#post(post.quoteOf)
    const isHidden = viewer !== null && this.#isHidden(viewer, quoted.author)
    return { of: post.quoteOf, as: isHidden ? 'hidden' : quoted.deleted ? 'deleted' : 'text' }
  }

  counts(post: number): { replies: number; quotes: number; reposts: number; likes: number } {
    const alive = this.posts.filter(({ deleted }) => !deleted)
    return {
      replies: alive.filter(({ replyTo }) => replyTo === post).length,
      quotes: alive.filter(({ quoteOf }) => quoteOf === post).length,
      reposts: this.#reposts.filter((repost) => repost.post === post).length,
      likes: this.#likes.filter((like) => like.post === post).length,
    }
  }

  #post(index: number): ModelPost {
    const post = this.posts[index]
    if (post === undefined) throw new Error(`no post ${index}`)
    return post
  }

  #has(kind: 'follow' | 'block' | 'mute', by: number, whom: number): boolean {
    return this.#edges[kind].has(`${by}>${whom}`)
  }

  #relate({ type, by, whom, on }: Extract<Act, { whom: number }>): Outcome {
    if (type === 'follow' && on && this.isParted(by, whom)) return 'blocked'
    const edges = this.#edges[type]
    if (on) edges.set(`${by}>${whom}`, edges.get(`${by}>${whom}`) ?? this.#now)
    else this.#edges[type].delete(`${by}>${whom}`)
    if (type === 'block' && on) for (const key of [`${by}>${whom}`, `${whom}>${by}`]) this.#edges.follow.delete(key)
    return 'done'
  }

  #write(
    post: { by: number; tagged: boolean; names: number | null; replyTo: number | null; quoteOf: number | null },
    text: string,
  ): Outcome {
    const { by, tagged, names, replyTo, quoteOf } = post
    for (const index of [replyTo, quoteOf]) {
      if (index === null) continue
      const towards = this.#post(index)
      if (towards.deleted) return 'gone'
      if (this.isParted(by, towards.author)) return 'blocked'
    }
    const named = names === null || this.isParted(by, names) ? [] : [names]
    this.posts.push({ author: by, replyTo, quoteOf, names: named, at: this.#now, text, tagged, rev: 1, deleted: false })
    return 'done'
  }

  #mark({ type, by, post, on }: Extract<Act, { type: 'repost' | 'like' }>): Outcome {
    const { author, deleted } = this.#post(post)
    const held = type === 'like' ? this.#likes : this.#reposts
    const isOn = held.some((mark) => mark.by === by && mark.post === post)
    if (on && deleted) return 'gone'
    if (on && this.isParted(by, author)) return 'blocked'
    if (on === isOn) return 'done'
    const next = on ? [...held, { by, post, at: this.#now }] : held.filter((m) => m.by !== by || m.post !== post)
    if (type === 'like') this.#likes = next
    else this.#reposts = next
    return 'done'
  }

  #edit({ post, tagged }: Extract<Act, { type: 'edit' }>, text: string): Outcome {
    const held = this.#post(post)
    if (held.deleted) return 'gone'
    Object.assign(held, { text, tagged, names: [], rev: held.rev + 1 })
    return 'done'
  }

  #isHidden(viewer: number, person: number): boolean {
    return person !== viewer && (this.isParted(viewer, person) || this.#has('mute', viewer, person))
  }

  /** Not by, of, or in answer to somebody hidden; one's own answers stay. */
  #isShown(viewer: number | null, by: number, { author, replyTo }: ModelPost): boolean {
    if (viewer === null) return true
    const hidden = (person: number) => this.#isHidden(viewer, person)
    if (hidden(by) || hidden(author)) return false
    return replyTo === null || author === viewer || !hidden(this.#post(replyTo).author)
  }

  /** Newest first; a post stands once, by its newest line. */
  #collapsed(isIn: (post: ModelPost, by: number, isRepost: boolean) => boolean): ModelLine[] {
    const lines = [
      ...this.posts.map((post, index) => ({ post: index, by: post.author, at: post.at, isRepost: false })),
      ...this.#reposts.map(({ post, by, at }) => ({ post, by, at, isRepost: true })),
    ]
    const seen = new Set<number>()
    return lines
      .filter(({ post, by, isRepost }) => !this.#post(post).deleted && isIn(this.#post(post), by, isRepost))
      .sort((a, b) => b.at - a.at)
      .filter(({ post }) => !seen.has(post) && seen.add(post))
      .map(({ post, by, isRepost }) => ({ post, repostedBy: isRepost ? by : null }))
  }
}
