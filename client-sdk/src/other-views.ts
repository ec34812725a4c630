import { openView } from './feed-view.js'
import type {
  CallOptions,
  FeedItem,
  FeedViewOptions,
  Notification,
  NotificationsView,
  Post,
  ThreadView,
} from './types.js'
import type { OpenView, ViewDeps } from './view-port.js'
import { markPost } from './view-snapshot.js'
import type { FeedLiveEvent } from './wire.js'

export interface OpenThread extends OpenView<FeedItem>, ThreadView {}

export function openThread(deps: ViewDeps<FeedItem>, options: FeedViewOptions): OpenThread {
  const view = openView(deps, options)
  let made: { from: readonly Post[]; thread: { post: Post; ancestors: readonly Post[] } } | null = null
  return extend(view, {
    getThread() {
      const { beside } = view.state
      const marked = beside.map((post) => markPost(post, deps.marks))
      const post = marked.at(-1)
      if (post === undefined) return null
      if (made?.from !== beside || deps.marks.size > 0)
        made = { from: beside, thread: { post, ancestors: marked.slice(0, -1) } }
      return made.thread
    },
  })
}

export interface OpenNotifications extends OpenView<Notification>, NotificationsView {
  /** Read up to here, on some device. */
  setRead(upTo: string): void
}

const unreadMax = 100

export function openNotifications(
  deps: ViewDeps<Notification> & { tellRead(upTo: string, options?: CallOptions): Promise<unknown> },
  options: FeedViewOptions,
): OpenNotifications {
  let upTo: string | null = null
  /** Unread ones that are not among the held lines. */
  let others = 0
  const view = openView<Notification>(
    {
      ...deps,
      lineOf(event: FeedLiveEvent) {
        const line = deps.lineOf(event)
        if (line !== null && !deps.kind.accepts(line)) others += 1
        return line
      },
      onPage(page) {
        upTo = later(upTo, page.readUpTo ?? null)
        others = Math.max(0, (page.unread ?? 0) - heldUnread())
      },
    },
    options,
  )

  function heldUnread(): number {
    const marker = upTo ?? ''
    return view.state.lines.filter(({ id }) => id > marker).length
  }

  function setRead(to: string): void {
    if (upTo !== null && to <= upTo) return
    upTo = to
    if (to >= view.state.floor) others = 0
    view.changed()
  }

  return extend(view, {
    getRead: () => ({ upTo, unread: Math.min(unreadMax, heldUnread() + others) }),
    async markRead(call?: CallOptions) {
      const newest = view.getSnapshot().items[0]?.id
      if (newest === undefined || (upTo !== null && newest <= upTo)) return
      const before = { upTo, others }
      setRead(newest)
      try {
        await deps.tellRead(newest, call)
      } catch (error) {
        if (upTo === newest) ({ upTo, others } = before)
        view.changed()
        throw error
      }
    },
    setRead,
  })
}

function later(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a
}

/** The same view with more to it; its getters stay live. */
function extend<V extends object, E extends object>(view: V, more: E): V & E {
  return Object.defineProperties(view, Object.getOwnPropertyDescriptors(more)) as V & E
}
