import type { Channels } from './channels.js'
import type { FetchPage, LinePage } from './read-range.js'
import type { Env } from './timing.js'
import type { FeedView, OutgoingPost, Post } from './types.js'
import type { ViewKind } from './view-kind.js'
import type { Marks } from './view-snapshot.js'
import type { Line, ViewEvent, ViewState } from './view-state.js'
import type { FeedLiveEvent } from './wire.js'

/** What a view needs of its client. */
export interface ViewDeps<T extends Line> {
  env: Env
  channels: Channels
  kind: ViewKind<T>
  fetchPage: FetchPage<T>
  /** Posts with the reader's own marks. */
  hydrate(ids: readonly string[]): Promise<Post[]>
  /** The line that a live event brings, if it is of this view's kind. */
  lineOf(event: FeedLiveEvent): T | null
  isOwn(post: Post): boolean
  isSignedIn(): boolean
  outgoing(): readonly OutgoingPost[]
  marks: Marks
  onPage?: (page: LinePage<T>) => void
  onClose(): void
}

/** A view as the client sees it from inside. */
export interface OpenView<T extends Line> extends FeedView<T> {
  readonly state: ViewState<T>
  /** Something happened that did not come through the view's own feed. */
  apply(event: ViewEvent<T>): void
  /** Something around the state changed. */
  changed(): void
  /** Another reader: everything is read again. */
  refresh(): void
  /** The way is free again: try now. */
  wake(): void
  end(error?: Error): void
}
