import type { Client, FeedItem, FeedName } from '@skein/client'

type Listed = Exclude<FeedName, 'notifications'>

/** A feed as freshly loaded pages give it, newest first, down to the first line ever or to `max` lines. */
export async function loadFeed(client: Client, feed: Listed, max = Number.POSITIVE_INFINITY): Promise<FeedItem[]> {
  const items: FeedItem[] = []
  for await (const item of client.timeline(feed, { limit: 100 })) {
    items.push(item)
    if (items.length >= max) break
  }
  return items
}

export const textsOf = (items: readonly FeedItem[]): string[] => items.map((item) => item.post.text)
export const idsOf = (items: readonly { readonly id: string }[]): string[] => items.map((item) => item.id)

/** Those that are there more than once. */
export function doubled(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index)
}

/** Whether numbers only grow. */
export const isGrowing = (numbers: readonly number[]): boolean =>
  numbers.every((value, index) => index === 0 || value > (numbers[index - 1] ?? 0))
