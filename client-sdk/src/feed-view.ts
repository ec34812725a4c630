import type { Member } from './channels.js'
import { isWithin, least } from './cursor.js'
import { createListeners } from './emitter.js'
import { clientClosed, shapeOf, toSkeinError, type SkeinError } from './errors.js'
import { createHydrator } from './hydrator.js'
import { readRange, type Held } from './read-range.js'
import type { Stop } from './timing.js'
import type { CallOptions, Cursor, FeedSnapshot, FeedViewOptions } from './types.js'
import type { OpenView, ViewDeps } from './view-port.js'
import { createReads, type Need } from './view-reads.js'
import { noFlags, snapshotOf } from './view-snapshot.js'
import {
  appendOlder,
  applyEvent,
  dropAboveGap,
  emptyView,
  heldPost,
  openGap,
  replaceRange,
  showPending,
  type Line,
  type RangeRead,
  type ViewEvent,
} from './view-state.js'
import type { FeedLiveEvent } from './wire.js'

/*
 * A view drives the pure state: it reads pages, joins the feed's live events at the pages' cursor, and reads the held
 * range again whenever live events alone cannot keep it true (a gap, another graph, more than a socket is sent).
 *
 * Why nothing falls between page and live: what comes in while a read is under way is applied at once and again on top of
 * the read (the journal). That is enough if the page knows everything the view had heard when the read began; else the
 * view joins its channel anew, from the page's cursor.
 */

const unheldOf = { sources: 'settle', gap: 'wait', all: 'show' } as const satisfies Record<
  Need,
  RangeRead<Line>['unheld']
>

const denials: readonly string[] = ['not_found', 'blocked', 'gone', 'forbidden', 'unauthenticated', 'session_ended']
const caughtUpShownMs = 30_000

export function openView<T extends Line>(deps: ViewDeps<T>, options: FeedViewOptions): OpenView<T> {
  const { env, kind, channels } = deps
  const { feed } = kind
  const pageSize = options.pageSize ?? 20
  const mayFill = options.onGap !== 'mark'
  const closing = new AbortController()
  const onAbort = () => end()
  const listeners = createListeners()
  /** Changes of the reader's graph that a read has answered or is to answer, and where they stand. */
  const known = new Map<string, Cursor>()
  let state = emptyView(kind, options.autoShow === true)
  let snapshot: FeedSnapshot<T> | null = null
  let isJoined = false
  let isMemberLive = false
  /** What has happened since the read under way began. */
  let journal: ViewEvent<T>[] | null = null
  let older: Promise<void> | null = null
  /** The newest id when the view was last live; null while it is. */
  let outageTop: string | null = null
  let caughtUp: FeedSnapshot['caughtUp'] = null
  let stopForgetting: Stop = () => {}

  const hydrator = createHydrator(
    env,
    (ids) => deps.hydrate(ids),
    (posts) => apply({ type: 'posts', posts, from: 'read' }),
  )
  const reads = createReads({
    env,
    closing: closing.signal,
    read: reread,
    onRead: onDone,
    isWorthRetrying,
  })

  const member: Member = {
    position: null,
    receive: onEvent,
    onAccepted() {},
    onLive(live) {
      if (!live && isMemberLive) outageTop ??= state.lines[0]?.id ?? ''
      isMemberLive = live
      onDone()
    },
    onFailed(error) {
      isJoined = isMemberLive = false
      state = { ...state, error: shapeOf(error) }
      changed()
    },
  }

  function changed(): void {
    snapshot = null
    listeners.announce()
  }

  function onDone(): void {
    finishOutage()
    changed()
  }

  function isLive(): boolean {
    return isMemberLive && state.status === 'ready' && state.gap === null && reads.isDone
  }

  // What comes in

  function apply(event: ViewEvent<T>): void {
    journal?.push(event)
    if (state.status !== 'ready') return
    const before = state
    state = applyEvent(state, event)
    if (state !== before) changed()
  }

  function onEvent(event: FeedLiveEvent): void {
    switch (event.type) {
      case 'post':
      case 'notification':
        onLine(deps.lineOf(event))
        break
      case 'edit':
        apply({ type: 'posts', posts: [event.post], from: 'live' })
        break
      case 'delete':
        apply({ type: 'delete', postId: event.postId, entryId: event.entryId, nowMs: env.now() })
        // Which empty places stay in a thread depends on what else is below them.
        if (kind.keepsDeleted && event.postId !== undefined) want('sources')
        break
      case 'sources':
        onSources(event)
        break
      case 'more':
        reads.slowDown()
        onGap(false)
        break
      case 'gap':
        onGap(true)
        break
      case 'caught-up':
      case 'cursor':
        break
    }
  }

  function onLine(line: T | null): void {
    if (line === null) return
    const post = kind.postOf(line)
    const isOwn = isOwnLine(line)
    if (post === undefined || heldPost(state, post.id) !== undefined || post.viewer !== undefined || !deps.isSignedIn())
      apply({ type: 'line', line, isOwn })
    else if (kind.isOld(line)) {
      apply({ type: 'line', line, isOwn })
      hydrator.add([post.id])
    } else apply({ type: 'line', line: kind.withPost(line, { ...post, viewer: noFlags }), isOwn })
  }

  function isOwnLine(line: T): boolean {
    const post = kind.postOf(line)
    return post !== undefined && post.id === line.id && deps.isOwn(post)
  }

  /** Both ends decide whether a line is in a feed, so what was added or removed is read, not guessed. */
  function onSources(event: Extract<FeedLiveEvent, { type: 'sources' }>): void {
    const key = [event.cursor, event.added.join(), event.removed.join()].join(' ')
    if (known.has(key)) return
    if (known.size > 1_000) known.clear()
    known.set(key, event.cursor)
    if (event.removed.length > 0 && kind.dropsAtOnce) apply({ type: 'removed', people: event.removed })
    want('sources')
  }

  function onGap(isWhole: boolean): void {
    if (isWhole && !mayFill) state = dropAboveGap(state)
    state = openGap(state, mayFill ? 'loading' : 'offered')
    if (mayFill) want('gap')
    changed()
  }

  /** Everything of the outage is here. */
  function finishOutage(): void {
    if (outageTop === null || !isMemberLive || !reads.isDone) return
    const top = outageTop
    const news = state.lines.filter((line) => line.id > top && !isOwnLine(line))
    caughtUp = { posts: kind.collapse(news).length, atMs: env.now() }
    outageTop = null
    stopForgetting()
    stopForgetting = env.after(caughtUpShownMs, forgetOutage, true)
    // Counts are not replayed.
    if (deps.isSignedIn()) hydrator.add(state.lines.slice(0, 50).flatMap((line) => kind.postOf(line)?.id ?? []))
  }

  function forgetOutage(): void {
    caughtUp = null
    changed()
  }

  // Reading

  function want(what: Need): void {
    reads.want(what)
    changed()
  }

  function isWorthRetrying(error: SkeinError): boolean {
    if (denials.includes(error.code)) {
      leave()
      state = { ...emptyView(kind, state.autoShow), status: 'failed', error: shapeOf(error) }
    } else if (state.status !== 'ready') state = { ...state, status: 'failed', error: shapeOf(error) }
    else if (!error.retryable && state.gap !== null) state = openGap(state, 'failed')
    changed()
    return error.retryable
  }

  /** Reads the held range and puts it in the place of what is held. */
  async function reread(what: Need, call: CallOptions): Promise<void> {
    const before = member.position
    const range = await withJournal(
      () => readRange(deps.fetchPage, pageSize, heldNow(), call),
      ({ lines, next, first }) => {
        const beside = first.post && [...(first.ancestors ?? []), first.post]
        const read = { lines, next, unheld: unheldOf[what], ...(beside === undefined ? {} : { beside }) }
        state = replaceRange(state, read)
      },
    )
    deps.onPage?.(range.first)
    // A page that did not know of a change yet has not answered it: it will be replayed.
    for (const [key, at] of known) if (isWithin(at, range.cursor) === false) known.delete(key)
    joinFrom(range.cursor, before)
  }

  function heldNow(): Held | null {
    if (state.status !== 'ready') return null
    const top = state.lines[0]?.id ?? ''
    return { count: state.lines.length, top, floor: state.next === null ? null : state.floor }
  }

  /** What happened during the read is done again on top of it. */
  async function withJournal<R>(read: () => Promise<R>, put: (answer: R) => void): Promise<R> {
    journal = []
    try {
      const answer = await read()
      if (closing.signal.aborted) throw clientClosed()
      put(answer)
      state = journal.reduce((held, event) => applyEvent(held, event), state)
      return answer
    } finally {
      journal = null
    }
  }

  /** Live from the page on. If the page knows all that the view had heard before, the view is live already. */
  function joinFrom(cursor: Cursor, before: Cursor | null): void {
    if (isJoined && before !== null && isWithin(before, cursor) === true) return
    leave()
    member.position = cursor
    isJoined = true
    channels.join(feed, member)
  }

  /** What is held newer than the page stands where it stood: the view goes back to what the page knows, never forward. */
  function joinBehind(cursor: Cursor, before: Cursor | null): void {
    const start = before === null ? null : least(before, cursor)
    if (start === null) want('gap')
    else if (start !== before) joinFrom(start, null)
  }

  function leave(): void {
    if (isJoined) channels.leave(feed, member)
    isJoined = isMemberLive = false
  }

  async function readOlder(call: CallOptions): Promise<void> {
    const shown = () => kind.collapse(state.lines).length
    const before = shown()
    try {
      // A page may bring nothing that is shown: reposts of what stands above.
      for (let pages = 0; pages < 5 && state.next !== null && shown() === before; pages += 1) {
        state = { ...state, older: 'loading' }
        changed()
        const position = member.position
        const at = { limit: pageSize, before: state.next ?? '' }
        const page = await withJournal(
          () => deps.fetchPage(at, call),
          (answer) => {
            state = appendOlder(state, answer)
          },
        )
        joinBehind(page.cursor, position)
      }
    } catch (error) {
      state = { ...state, older: call.signal?.aborted === true ? 'more' : 'failed' }
      throw error
    } finally {
      changed()
    }
  }

  // What the caller asks for

  async function reload(call: CallOptions = {}): Promise<void> {
    if (state.status !== 'ready') state = { ...state, status: 'loading', error: null }
    changed()
    try {
      await reads.run('all', call)
      reads.wake()
    } catch (error) {
      if (state.status === 'loading') state = { ...state, status: 'failed', error: shapeOf(toSkeinError(error)) }
      changed()
      throw error
    }
  }

  async function fillGap(call: CallOptions = {}): Promise<void> {
    if (state.gap === null) return
    state = openGap(state, 'loading')
    changed()
    try {
      await reads.run('gap', call)
    } catch (error) {
      if (state.gap !== null) state = openGap(state, 'failed')
      changed()
      throw error
    }
  }

  function end(error?: Error): void {
    if (closing.signal.aborted) return
    closing.abort(error ?? clientClosed())
    leave()
    reads.wake()
    stopForgetting()
    hydrator.close()
    options.signal?.removeEventListener('abort', onAbort)
    if (error !== undefined) {
      state = { ...emptyView(kind, false), status: 'failed', error: shapeOf(toSkeinError(error)) }
      changed()
    }
    deps.onClose()
  }

  async function close(): Promise<void> {
    end()
    listeners.clear()
  }

  options.signal?.addEventListener('abort', onAbort, { once: true })
  if (options.signal?.aborted === true) queueMicrotask(onAbort)
  else reads.want('all')

  return {
    feed,
    get state() {
      return state
    },
    getSnapshot() {
      const around = { live: isLive(), caughtUp, outgoing: deps.outgoing(), marks: deps.marks }
      return (snapshot ??= snapshotOf(state, around))
    },
    subscribe: listeners.add,
    showPending() {
      state = showPending(state)
      if (mayFill && state.gap?.state === 'offered') onGap(false)
      changed()
    },
    setAutoShow(on) {
      state = { ...(on ? showPending(state) : state), autoShow: on }
      changed()
    },
    loadOlder(call = {}) {
      if (state.status !== 'ready' || state.next === null) return Promise.resolve()
      state = { ...state, older: 'loading' }
      changed()
      older ??= reads
        .exclusively(() => readOlder(call))
        .finally(() => {
          older = null
        })
      return older
    },
    fillGap,
    reload,
    markSeen() {
      state = { ...state, fresh: new Set() }
      caughtUp = null
      changed()
    },
    apply,
    changed,
    refresh: () => want('all'),
    wake: () => reads.wake(),
    end,
    close,
    [Symbol.asyncDispose]: close,
  }
}
