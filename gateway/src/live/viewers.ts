import type { RelationEvent, UserId, ViewerEdges } from '@skein/contracts'
import type { Viewer } from '@skein/visibility'
import { addTo, removeFrom } from './set-map.js'

/*
 * Invariant: once ready, a viewer's sets equal the account database at the window's head. They are loaded *position
 * first, data second*, then every edge event after that position is applied in order; an edge event whose rev is not
 * above the held one is a no-op.
 */

type EdgeKind = 'follow' | 'blocking' | 'blockedBy' | 'mute'

/** One connected person: all their sockets share it. */
export class ViewerState implements Viewer {
  readonly id: UserId
  /** How many sockets hold it. */
  holders = 0
  #edges: Record<EdgeKind, Set<UserId>> = {
    follow: new Set(),
    blocking: new Set(),
    blockedBy: new Set(),
    mute: new Set(),
  }
  #revs = new Map<string, number>()

  constructor(id: UserId) {
    this.id = id
  }

  follows(id: UserId): boolean {
    return this.#edges.follow.has(id)
  }
  blocked(id: UserId): boolean {
    return this.#edges.blocking.has(id) || this.#edges.blockedBy.has(id)
  }
  mutes(id: UserId): boolean {
    return this.#edges.mute.has(id)
  }
  get followed(): ReadonlySet<UserId> {
    return this.#edges.follow
  }

  /** Takes over what a fresher state of the same person says. */
  adopt(fresh: ViewerState): void {
    this.#edges = fresh.#edges
    this.#revs = fresh.#revs
  }

  /** False when the held revision of that edge is as new. */
  set(kind: EdgeKind, id: UserId, on: boolean, rev: number): boolean {
    const key = `${kind}:${id}`
    if (rev <= (this.#revs.get(key) ?? 0)) return false
    this.#revs.set(key, rev)
    if (on) this.#edges[kind].add(id)
    else this.#edges[kind].delete(id)
    return true
  }
}

export interface ViewerRegistryDeps {
  /** At most 100 ids. Unknown people come back with no edges. */
  readonly load: (userIds: UserId[]) => Promise<readonly ViewerEdges[]>
  /** The newest index of the window, and the edge events above an index. */
  readonly headIndex: () => number
  readonly relationsAfter: (index: number) => readonly RelationEvent[] | null
}

const batchMax = 100

/** Viewer states of everyone connected here, and who among them follows whom. */
export class ViewerRegistry {
  readonly #deps: ViewerRegistryDeps
  readonly #viewers = new Map<UserId, Promise<ViewerState>>()
  readonly #ready = new Map<UserId, ViewerState>()
  /** Author → connected people who have the author as a source; everyone is a source of their own home. */
  readonly #bySource = new Map<UserId, Set<ViewerState>>()
  #reloads = 0
  #waiting: { id: UserId; done: (state: ViewerState) => void; fail: (cause: unknown) => void }[] = []

  constructor(deps: ViewerRegistryDeps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#ready.size
  }

  /** The state, true at the window's head when this resolves. Pair with `release`. @throws what `load` throws */
  async acquire(id: UserId): Promise<ViewerState> {
    let pending = this.#viewers.get(id)
    if (pending === undefined) {
      pending = new Promise<ViewerState>((done, fail) => {
        if (this.#waiting.push({ id, done, fail }) === 1) setImmediate(() => void this.#loadWaiting())
      })
      this.#viewers.set(id, pending)
      pending.catch(() => this.#viewers.delete(id))
    }
    const state = await pending
    if (this.#ready.get(id) !== state) return this.acquire(id)
    state.holders++
    return state
  }

  release(state: ViewerState): void {
    if (--state.holders > 0) return
    this.#viewers.delete(state.id)
    this.#ready.delete(state.id)
    this.#unindex(state.id, state)
    for (const id of state.followed) this.#unindex(id, state)
  }

  get(id: UserId): ViewerState | undefined {
    return this.#ready.get(id)
  }

  all(): Iterable<ViewerState> {
    return this.#ready.values()
  }

  /** Connected people whose home has this author, themselves included. */
  viewersOf(author: UserId): ReadonlySet<ViewerState> {
    return this.#bySource.get(author) ?? empty
  }

  /** Every edge event of the log, in order. */
  apply(event: RelationEvent): void {
    const { actorId, targetId, on, rev } = event
    const actor = this.#ready.get(actorId)
    if (actor !== undefined) this.#set(actor, event.kind === 'block' ? 'blocking' : event.kind, targetId, on, rev)
    const target = event.kind === 'block' ? this.#ready.get(targetId) : undefined
    if (target !== undefined) this.#set(target, 'blockedBy', actorId, on, rev)
  }

  /**
   * After the window lost its place: what the viewers missed is not known, so all of them are read again, one batch at a
   * time. A batch that fails is tried again after `onFailed`. @throws what `onFailed` throws
   */
  async reload(onFailed: (cause: unknown) => Promise<void>): Promise<void> {
    this.#reloads++
    const ids = [...this.#ready.keys()]
    for (let at = 0; at < ids.length; at += batchMax) {
      await this.#replaceUntilWell(ids.slice(at, at + batchMax), onFailed)
    }
  }

  async #replaceUntilWell(ids: UserId[], onFailed: (cause: unknown) => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await this.#load(ids, (states) => {
          for (const fresh of states) this.#replace(fresh)
        })
      } catch (cause) {
        await onFailed(cause)
      }
    }
  }

  /** The object stays, for its sockets hold it; what it says is the fresh one's. */
  #replace(fresh: ViewerState): void {
    const held = this.#ready.get(fresh.id)
    if (held === undefined) return
    for (const id of held.followed) if (!fresh.follows(id)) this.#unindex(id, held)
    held.adopt(fresh)
    for (const id of held.followed) this.#index(id, held)
  }

  async #loadWaiting(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    for (let at = 0; at < waiting.length; at += batchMax) {
      const part = waiting.slice(at, at + batchMax)
      try {
        await this.#load(
          part.map((w) => w.id),
          (states) =>
            part.forEach((w, i) => {
              const state = states[i]
              if (state === undefined) return w.fail(new Error(`no viewer state for ${w.id}`))
              this.#ready.set(w.id, state)
              this.#index(w.id, state)
              for (const id of state.followed) this.#index(id, state)
              w.done(state)
            }),
        )
      } catch (cause) {
        for (const w of part) w.fail(cause)
      }
    }
  }

  /**
   * Position first, data second; then what happened since, in order. Reads again when the window was cleared meanwhile.
   * `take` runs in the turn in which the states are true: an event after it finds them where they are put.
   */
  async #load(ids: UserId[], take: (states: ViewerState[]) => void): Promise<void> {
    for (;;) {
      const position = this.#deps.headIndex()
      const reloads = this.#reloads
      const found = new Map((await this.#deps.load(ids)).map((edges) => [edges.userId, edges]))
      const since = this.#deps.relationsAfter(position)
      if (since === null || reloads !== this.#reloads) continue
      return take(ids.map((id) => stateOf(id, found.get(id), since)))
    }
  }

  #set(state: ViewerState, kind: EdgeKind, id: UserId, on: boolean, rev: number): void {
    if (!state.set(kind, id, on, rev) || kind !== 'follow') return
    if (on) this.#index(id, state)
    else this.#unindex(id, state)
  }

  #index(author: UserId, state: ViewerState): void {
    addTo(this.#bySource, author, state)
  }

  #unindex(author: UserId, state: ViewerState): void {
    if (author === state.id && this.#ready.has(state.id)) return
    removeFrom(this.#bySource, author, state)
  }
}

const empty: ReadonlySet<ViewerState> = new Set()

function stateOf(id: UserId, edges: ViewerEdges | undefined, since: readonly RelationEvent[]): ViewerState {
  const state = new ViewerState(id)
  for (const edge of edges?.follows ?? []) state.set('follow', edge.id, true, edge.rev)
  for (const edge of edges?.blocking ?? []) state.set('blocking', edge.id, true, edge.rev)
  for (const edge of edges?.blockedBy ?? []) state.set('blockedBy', edge.id, true, edge.rev)
  for (const edge of edges?.mutes ?? []) state.set('mute', edge.id, true, edge.rev)
  for (const event of since) applyTo(state, event)
  return state
}

function applyTo(state: ViewerState, event: RelationEvent): void {
  if (event.actorId === state.id)
    state.set(event.kind === 'block' ? 'blocking' : event.kind, event.targetId, event.on, event.rev)
  if (event.kind === 'block' && event.targetId === state.id) state.set('blockedBy', event.actorId, event.on, event.rev)
}
