import type { Env, Stop } from './timing.js'
import type { Post } from './types.js'

export interface Hydrator {
  /** These posts are to be read; what is asked for within 100 ms is asked for together. */
  add(ids: readonly string[]): void
  close(): void
}

const gatherMs = 100
const batchMaxIds = 100

/** Reads posts in batches; what could not be read is forgotten. */
export function createHydrator(
  env: Env,
  read: (ids: readonly string[]) => Promise<Post[]>,
  onPosts: (posts: Post[]) => void,
): Hydrator {
  const wanted = new Set<string>()
  let stop: Stop | null = null
  let closed = false

  async function run(): Promise<void> {
    stop = null
    const ids = [...wanted].slice(0, batchMaxIds)
    for (const id of ids) wanted.delete(id)
    if (wanted.size > 0) add([])
    const posts = ids.length === 0 ? [] : await read(ids).catch(() => [])
    if (!closed && posts.length > 0) onPosts(posts)
  }

  function add(ids: readonly string[]): void {
    for (const id of ids) wanted.add(id)
    if (!closed) stop ??= env.after(gatherMs, () => void run(), true)
  }

  return {
    add,
    close() {
      closed = true
      stop?.()
    },
  }
}
