import type { Client } from '@skein/client'
import type { Gap, Heard } from './record.js'

/** A raw subscription to home, as a program has it; it remembers little of much. */
export interface Listener {
  readonly fromMs: number
  readonly heard: readonly Heard[]
  readonly gaps: readonly Gap[]
  /** The highest number heard of each author. */
  readonly newest: ReadonlyMap<string, number>
  /** What ended it, in words; null while it lives. */
  readonly ended: string | null
}

/** Resolves when the server has accepted it. */
export async function listen(client: Client): Promise<Listener> {
  const subscription = client.subscribe('home')
  const heard: Heard[] = []
  const gaps: Gap[] = []
  const newest = new Map<string, number>()
  let lastMs = performance.now()
  let ended: string | null = null
  const gather = async (): Promise<void> => {
    for await (const event of subscription) {
      const atMs = performance.now()
      if (event.type === 'gap') gaps.push({ atMs, lastMs })
      if (event.type !== 'post') continue
      const { id, post } = event.item
      const author = post.author.handle
      heard.push({ id, author, text: post.text, atMs })
      newest.set(author, Math.max(newest.get(author) ?? -1, Number(post.text.split(' ').at(-1))))
      lastMs = atMs
    }
  }
  gather().then(
    () => (ended = 'closed'),
    (thrown: unknown) => (ended = String(thrown)),
  )
  await subscription.ready
  return {
    fromMs: performance.now(),
    heard,
    gaps,
    newest,
    get ended() {
      return ended
    },
  }
}
