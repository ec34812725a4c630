import { mergePost, mergeQuote, tombstone, withCounts, withDeletedQuote, type From } from './post-merge.js'
import type { FeedItem, FeedSnapshot, Notification, PageCursor, Post, PostCounts, SkeinErrorShape } from './types.js'
import type { ViewKind } from './view-kind.js'

/*
 * A view as data, and what changes it; no I/O and no clock. Invariant: `lines` are newest first, each id once, each post
 * the same newest form in all of them; from `floor` up they are what the server holds, but for what `gap` tells.
 */

export type Line = FeedItem | Notification

export interface ViewState<T extends Line> {
  readonly kind: ViewKind<T>
  readonly status: FeedSnapshot['status']
  readonly error: SkeinErrorShape | null
  /** All that is held, not collapsed. */
  readonly lines: readonly T[]
  /** Ids of lines that are not shown yet. */
  readonly waiting: ReadonlySet<string>
  /** Posts held beside the lines: a thread's own post (the last) and what is above it. */
  readonly beside: readonly Post[]
  /** The id from which on upwards everything is held; '' when that is everything there is. */
  readonly floor: string
  readonly next: PageCursor | null
  readonly older: FeedSnapshot['older']
  /** Lines are missing above the line `top` (all lines below it are fine). */
  readonly gap: { readonly top: string; readonly state: 'offered' | 'loading' | 'failed' } | null
  readonly fresh: ReadonlySet<string>
  /** Posts known to be deleted, which no late answer brings back. */
  readonly dead: ReadonlySet<string>
  readonly autoShow: boolean
  /** Ids of all posts that were ever held, also in quotes. It only grows, and only spares searching for what never was. */
  readonly met: Set<string>
}

/** What happens to a view while it is open. */
export type ViewEvent<T extends Line> =
  | { type: 'line'; line: T; isOwn: boolean }
  | { type: 'posts'; posts: readonly Post[]; from: From }
  | { type: 'delete'; postId?: string | undefined; entryId?: string | undefined; nowMs: number }
  | { type: 'removed'; people: readonly string[] }
  | { type: 'stats'; postId: string; counts: PostCounts }

const waitingMax = 2_000
const waitingKept = 1_000
const deadMax = 5_000
const none: ReadonlySet<string> = new Set()

export function emptyView<T extends Line>(kind: ViewKind<T>, autoShow: boolean): ViewState<T> {
  return {
    kind,
    status: 'loading',
    error: null,
    lines: [],
    waiting: none,
    beside: [],
    floor: '',
    next: null,
    older: 'more',
    gap: null,
    fresh: none,
    dead: none,
    autoShow,
    met: new Set(),
  }
}

/** Applying the same event again, or an older one late, changes nothing. */
export function applyEvent<T extends Line>(state: ViewState<T>, event: ViewEvent<T>): ViewState<T> {
  switch (event.type) {
    case 'line':
      return insertLine(state, event.line, event.isOwn)
    case 'posts':
      return event.posts.reduce((held, post) => updatePost(held, post, event.from), state)
    case 'delete': {
      const kept = event.entryId === undefined ? state : keepLines(state, ({ id }) => id !== event.entryId)
      return event.postId === undefined ? kept : deletePost(kept, event.postId, event.nowMs)
    }
    case 'removed': {
      const people = new Set(event.people)
      return keepLines(state, (line) => !state.kind.peopleOf(line).some((id) => people.has(id)))
    }
    case 'stats':
      if (!isHeldSomewhere(state, event.postId)) return state
      return mapPosts(state, (post) => (post.id === event.postId ? withCounts(post, event.counts) : post))
  }
}

export function showPending<T extends Line>(state: ViewState<T>): ViewState<T> {
  if (state.waiting.size === 0) return state
  return { ...state, waiting: none, fresh: new Set([...state.fresh, ...state.waiting]) }
}

/** Lines are missing above everything held, or above an older hole. */
export function openGap<T extends Line>(state: ViewState<T>, how: 'offered' | 'loading' | 'failed'): ViewState<T> {
  return { ...state, gap: { top: state.gap?.top ?? state.lines[0]?.id ?? '', state: how } }
}

/** Gives up what stands above the hole: before another hole opens there that could not be told apart. */
export function dropAboveGap<T extends Line>(state: ViewState<T>): ViewState<T> {
  const { gap } = state
  return gap === null ? state : keepLines(state, (line) => line.id <= gap.top)
}

/** A page further down, shown at once. */
export function appendOlder<T extends Line>(
  state: ViewState<T>,
  page: { items: readonly T[]; next: PageCursor | null },
): ViewState<T> {
  const last = page.items.at(-1)
  const lower = { ...state, floor: page.next === null ? '' : lesser(state.floor, last?.id), next: page.next }
  const held = page.items.reduce((into, line) => putLine(into, line, 'read', false), lower)
  return { ...held, older: page.next === null ? 'end' : 'more' }
}

/** What a read from the newest downwards found. */
export interface RangeRead<T extends Line> {
  /** Newest first, without a hole. */
  lines: readonly T[]
  /** After the last of them; null at the end of the feed. */
  next: PageCursor | null
  /** Posts beside the lines; absent: as they were. */
  beside?: readonly Post[]
  /** Where lines that were not held go. `show`: all into the items. `settle`: below the newest shown, into the items. */
  unheld: 'show' | 'settle' | 'wait'
}

/**
 * Puts a read in the place of what is held, exactly. A read that goes further down than what was held is cut there; one
 * that does not get so far gives up what is below it, to be loaded again from there.
 */
export function replaceRange<T extends Line>(state: ViewState<T>, read: RangeRead<T>): ViewState<T> {
  const isFirst = state.status !== 'ready'
  const last = read.lines.at(-1)
  const isWhole =
    !isFirst && state.next !== null && (read.next === null || (last !== undefined && last.id <= state.floor))
  const floor = isWhole ? state.floor : read.next === null ? '' : (last?.id ?? '')
  const next = isWhole ? state.next : read.next
  const held = new Set(state.lines.map(({ id }) => id))
  const topShown = state.lines.find(({ id }) => !state.waiting.has(id))?.id ?? ''
  const start: ViewState<T> = {
    ...state,
    lines: [],
    waiting: none,
    beside: mergeBeside(state, read.beside ?? state.beside),
    floor,
    next,
    status: 'ready',
    error: null,
    older: next === null ? 'end' : 'more',
    gap: null,
  }
  const isWaiting = (id: string) => {
    if (isFirst || state.autoShow || read.unheld === 'show') return false
    if (held.has(id)) return state.waiting.has(id)
    return read.unheld === 'wait' || (id > topShown && topShown !== '')
  }
  const filled = read.lines
    .filter((line) => line.id >= floor)
    .reduce((into, line) => putLine(into, line, 'read', isWaiting(line.id)), start)
  const fresh = filled.lines.filter(({ id }) => !held.has(id))
  return keepHeldPosts(state, {
    ...filled,
    fresh: isFirst || !state.autoShow ? state.fresh : new Set([...state.fresh, ...fresh.map(({ id }) => id)]),
  })
}

/** Posts of the old lines that were newer than the read, in their new lines. */
function keepHeldPosts<T extends Line>(before: ViewState<T>, after: ViewState<T>): ViewState<T> {
  const known = new Map<string, Post>()
  for (const line of before.lines) {
    const post = before.kind.postOf(line)
    if (post !== undefined) known.set(post.id, post)
  }
  return mapPosts(after, (post) => {
    const held = known.get(post.id)
    const own = held === undefined ? post : mergePost(held, post, 'read')
    const quoted = own.quote && known.get(own.quote.id)
    return quoted === undefined ? own : mergeQuote(own, quoted)
  })
}

function mergeBeside<T extends Line>(state: ViewState<T>, posts: readonly Post[]): readonly Post[] {
  for (const post of posts) meet(state, post)
  return posts.map((post) => {
    const held = state.beside.find(({ id }) => id === post.id)
    return held === undefined ? post : mergePost(held, post, 'read')
  })
}

/** A line that arrives live. Below the floor it is left for loadOlder; its post is news all the same. */
function insertLine<T extends Line>(state: ViewState<T>, line: T, isOwn: boolean): ViewState<T> {
  const post = state.kind.postOf(line)
  const { isHeld } = placeOf(state.lines, line.id)
  if (!isHeld && (line.id < state.floor || !state.kind.accepts(line)))
    return post === undefined ? state : updatePost(state, post, 'live')
  const isWaiting = !isHeld && !isOwn && !state.autoShow
  const next = trimWaiting(putLine(state, line, 'live', isWaiting))
  if (isOwn && next.waiting.has(line.id)) return { ...next, waiting: without(next.waiting, line.id) }
  if (isHeld || isWaiting || isOwn || next === state) return next
  return { ...next, fresh: new Set([...next.fresh, line.id]) }
}

/** Puts a line in its place; the newest of what is known of its post goes into all lines. */
function putLine<T extends Line>(state: ViewState<T>, line: T, from: From, isWaiting: boolean): ViewState<T> {
  const { kind } = state
  const post = kind.postOf(line)
  const isDeleted = post !== undefined && (post.deletedAtMs !== undefined || state.dead.has(post.id))
  if (isDeleted && !kind.keepsDeleted) return state
  if (isDeleted && post.deletedAtMs === undefined && !hasBelow(state, post)) return state
  const updated = post === undefined ? state : updatePost(state, post, from)
  const known = post === undefined ? line : kind.withPost(line, bestOf(updated, post))
  const { at, isHeld } = placeOf(updated.lines, line.id)
  const lines = updated.lines.toSpliced(at, isHeld ? 1 : 0, known)
  if (post !== undefined) meet(state, post)
  const waiting = isWaiting ? new Set([...updated.waiting, line.id]) : updated.waiting
  return { ...updated, lines, waiting }
}

/** An incoming post with all that is already known of it and of what it quotes. */
function bestOf<T extends Line>(state: ViewState<T>, post: Post): Post {
  let best = heldPost(state, post.id) ?? (state.dead.has(post.id) ? tombstone(post, post.createdAtMs) : post)
  const quoted = best.quote && heldPost(state, best.quote.id)
  if (quoted !== undefined) best = mergeQuote(best, quoted)
  return best.quote !== undefined && state.dead.has(best.quote.id)
    ? withDeletedQuote(best, best.quote.id, best.createdAtMs)
    : best
}

function updatePost<T extends Line>(state: ViewState<T>, post: Post, from: From): ViewState<T> {
  if (state.dead.has(post.id) && post.deletedAtMs === undefined) return state
  if (!isHeldSomewhere(state, post.id)) return state
  return mapPosts(state, (held) => mergeQuote(held.id === post.id ? mergePost(held, post, from) : held, post))
}

function deletePost<T extends Line>(state: ViewState<T>, postId: string, nowMs: number): ViewState<T> {
  const dead = new Set([...state.dead, postId])
  if (dead.size > deadMax) dead.delete([...dead][0] ?? '')
  const kept = keepLines({ ...state, dead }, (line) => {
    const post = state.kind.postOf(line)
    return post?.id !== postId || (state.kind.keepsDeleted && hasBelow(state, post))
  })
  return mapPosts(kept, (post) => (post.id === postId ? tombstone(post, nowMs) : withDeletedQuote(post, postId, nowMs)))
}

/** Whether something hangs on this post. */
function hasBelow<T extends Line>(state: ViewState<T>, post: Post): boolean {
  return (
    post.counts.replies > 0 ||
    heldPosts(state).some(({ path, deletedAtMs }) => deletedAtMs === undefined && path.includes(post.id))
  )
}

/** Where a line with this id stands or belongs. */
function placeOf(lines: readonly Line[], id: string): { at: number; isHeld: boolean } {
  let low = 0
  for (let high = lines.length; low < high;) {
    const middle = (low + high) >>> 1
    if ((lines[middle]?.id ?? '') > id) low = middle + 1
    else high = middle
  }
  return { at: low, isHeld: lines[low]?.id === id }
}

function meet<T extends Line>({ met }: ViewState<T>, post: Post): void {
  met.add(post.id)
  if (post.quote !== undefined) met.add(post.quote.id)
}

export function heldPost<T extends Line>({ lines, kind, beside, met }: ViewState<T>, id: string): Post | undefined {
  if (!met.has(id)) return undefined
  for (const line of lines) {
    const post = kind.postOf(line)
    if (post?.id === id) return post
  }
  return beside.find((post) => post.id === id)
}

/** As a post or inside a quote; most posts that come in are not, which is worth knowing before all lines are mapped. */
function isHeldSomewhere<T extends Line>({ lines, kind, beside, met }: ViewState<T>, id: string): boolean {
  if (!met.has(id)) return false
  const has = (post: Post | undefined) => post !== undefined && (post.id === id || post.quote?.id === id)
  return lines.some((line) => has(kind.postOf(line))) || beside.some(has)
}

function heldPosts<T extends Line>({ lines, kind, beside }: ViewState<T>): Post[] {
  return [...lines.flatMap((line) => kind.postOf(line) ?? []), ...beside]
}

function keepLines<T extends Line>(state: ViewState<T>, keep: (line: T) => boolean): ViewState<T> {
  const lines = state.lines.filter(keep)
  if (lines.length === state.lines.length) return state
  const held = new Set(lines.map(({ id }) => id))
  return {
    ...state,
    lines,
    waiting: new Set([...state.waiting].filter((id) => held.has(id))),
    fresh: new Set([...state.fresh].filter((id) => held.has(id))),
  }
}

function mapPosts<T extends Line>(state: ViewState<T>, change: (post: Post) => Post): ViewState<T> {
  const { kind } = state
  let isChanged = false
  const changed = (post: Post) => {
    const next = change(post)
    isChanged ||= next !== post
    return next
  }
  const lines = state.lines.map((line) => {
    const post = kind.postOf(line)
    const next = post && changed(post)
    return next === undefined || next === post ? line : kind.withPost(line, next)
  })
  const beside = state.beside.map(changed)
  return isChanged ? { ...state, lines, beside } : state
}

/** Waiting lines are not held without end: beyond a measure the older ones are given up, and that is a gap. */
function trimWaiting<T extends Line>(state: ViewState<T>): ViewState<T> {
  if (state.waiting.size <= waitingMax) return state
  const kept = new Set(
    state.lines
      .filter(({ id }) => state.waiting.has(id))
      .slice(0, waitingKept)
      .map(({ id }) => id),
  )
  const trimmed = keepLines(state, ({ id }) => !state.waiting.has(id) || kept.has(id))
  const top = trimmed.lines.find(({ id }) => !trimmed.waiting.has(id))?.id ?? ''
  return { ...trimmed, gap: state.gap ?? { top, state: 'offered' } }
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return new Set([...ids].filter((other) => other !== id))
}

function lesser(a: string, b: string | undefined): string {
  return b === undefined || (a !== '' && a < b) ? a : b
}
