import type { FeedItem, FeedView, Post } from '@skein/client'
import { eventually } from '@skein/platform/testing'

/** What a person sees of a line, without what may lag (counts) or is made at each reading. */
export function pictureOf({ id, post, repostedBy }: FeedItem): object {
  return { id, ...postPicture(post), ...(repostedBy === undefined ? {} : { repostedBy: repostedBy.handle }) }
}

function postPicture({ id, author, rev, text, replyTo, quote, deletedAtMs }: Post): object {
  return {
    postId: id,
    author: author.handle,
    rev,
    text,
    ...(replyTo === undefined ? {} : { replyTo: replyTo.id }),
    ...(quote === undefined ? {} : { quote: 'hidden' in quote ? { id: quote.id, hidden: true } : quotePicture(quote) }),
    ...(deletedAtMs === undefined ? {} : { deleted: true }),
  }
}

function quotePicture({ id, author, text, deletedAtMs }: Exclude<Post['quote'], undefined | { hidden: true }>): object {
  return { id, author: author.handle, text, ...(deletedAtMs === undefined ? {} : { deleted: true }) }
}

/** Everything the view holds, newest first, what is pending included. */
export function linesOf(view: FeedView): FeedItem[] {
  const { items, pending } = view.getSnapshot()
  return [...pending, ...items]
}

/** Waits until the view is live and reaches back to the first line ever. */
export async function loadWhole(view: FeedView, timeoutMs = 15_000): Promise<FeedItem[]> {
  for (;;) {
    await eventually(() => view.getSnapshot().live, timeoutMs)
    const { older } = view.getSnapshot()
    if (older === 'end') return linesOf(view)
    await view.loadOlder()
  }
}
