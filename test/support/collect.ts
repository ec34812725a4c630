import type { Client, FeedEvent, FeedName, SubscribeOptions, Subscription } from '@skein/client'

/** Everything a raw subscription has handed out, in order. */
export interface Collected {
  readonly events: readonly FeedEvent[]
  readonly subscription: Subscription
  /** Texts of the posts, in the order they came. */
  readonly texts: () => string[]
  readonly of: <T extends FeedEvent['type']>(type: T) => Extract<FeedEvent, { type: T }>[]
}

/** Subscribes and waits until the server has accepted. */
export async function collect(client: Client, feed: FeedName, options: SubscribeOptions = {}): Promise<Collected> {
  const subscription = client.subscribe(feed, options)
  const events: FeedEvent[] = []
  void gather(subscription, events)
  await subscription.ready
  return {
    events,
    subscription,
    texts: () => events.flatMap((event) => (event.type === 'post' ? [event.item.post.text] : [])),
    of: <T extends FeedEvent['type']>(type: T) =>
      events.filter((event): event is Extract<FeedEvent, { type: T }> => event.type === type),
  }
}

async function gather(subscription: Subscription, events: FeedEvent[]): Promise<void> {
  try {
    for await (const event of subscription) events.push(event)
  } catch {
    // It ended; what it ended with is not what is collected.
  }
}
