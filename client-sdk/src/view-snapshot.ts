import type { FeedSnapshot, OutgoingPost, Post } from './types.js'
import type { Line, ViewState } from './view-state.js'

export type Flags = NonNullable<Post['viewer']>
/** What the reader has just pressed and the server has not answered yet. */
export type Marks = ReadonlyMap<string, Partial<Flags>>

/** What a view knows beside its lines. */
export interface Around {
  live: boolean
  caughtUp: FeedSnapshot['caughtUp']
  outgoing: readonly OutgoingPost[]
  marks: Marks
}

export const noFlags: Flags = { liked: false, reposted: false, bookmarked: false }

/** The picture of a state: collapsed, with the reader's own marks as pressed. */
export function snapshotOf<T extends Line>(state: ViewState<T>, around: Around): FeedSnapshot<T> {
  const { kind, lines, waiting, gap } = state
  const marked = (line: T) => markLine(state, line, around.marks)
  const items = kind.collapse(waiting.size === 0 ? lines : lines.filter(({ id }) => !waiting.has(id)))
  const pending = waiting.size === 0 ? [] : kind.collapse(lines).filter(({ id }) => waiting.has(id))
  const holds = (postId: string) =>
    kind.feed === `thread:${postId}` || lines.some((line) => kind.postOf(line)?.id === postId)
  return {
    status: state.status,
    error: state.error,
    items: items.map(marked),
    pending: pending.map(marked),
    outgoing: around.outgoing.filter((post) => kind.isOutgoingShown(post, holds)),
    gap: gap && { belowId: items.findLast(({ id }) => id > gap.top)?.id ?? null, state: gap.state },
    older: state.older,
    live: around.live,
    caughtUp: around.caughtUp,
    fresh: state.fresh,
  }
}

/** A post as if the server had already answered to what was pressed. */
export function markPost(post: Post, marks: Marks): Post {
  const mark = marks.get(post.id)
  if (mark === undefined) return post
  const before = post.viewer ?? noFlags
  const viewer = { ...before, ...mark }
  const { likes, reposts } = post.counts
  const counts = {
    ...post.counts,
    likes: Math.max(0, likes + step(before.liked, viewer.liked)),
    reposts: Math.max(0, reposts + step(before.reposted, viewer.reposted)),
  }
  return { ...post, viewer, counts }
}

function markLine<T extends Line>({ kind }: ViewState<T>, line: T, marks: Marks): T {
  const post = kind.postOf(line)
  return post === undefined || !marks.has(post.id) ? line : kind.withPost(line, markPost(post, marks))
}

function step(from: boolean, to: boolean): number {
  return Number(to) - Number(from)
}
