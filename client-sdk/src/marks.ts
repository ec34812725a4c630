import type { Mark } from './api.js'
import type { CallOptions, Post } from './types.js'
import type { Flags, Marks } from './view-snapshot.js'

export interface MarkStore {
  readonly pressed: Marks
  /** Shown at once, told to the server, put back if refused. Presses of one mark go out one after the other. */
  readonly set: (kind: Mark, id: string, on: boolean, options?: CallOptions) => Promise<Post>
}

export interface MarksDeps {
  send(kind: Mark, id: string, on: boolean, options?: CallOptions): Promise<Post>
  onChange(): void
  /** The post as the server answered. */
  onAnswer(post: Post): void
}

const flags = { like: 'liked', repost: 'reposted', bookmark: 'bookmarked' } as const satisfies Record<Mark, keyof Flags>

export function createMarks(deps: MarksDeps): MarkStore {
  const pressed = new Map<string, Partial<Flags>>()
  /** The last press of each mark of each post. */
  const last = new Map<string, Promise<unknown>>()

  function show(id: string, flag: keyof Flags, on: boolean | undefined): void {
    const { [flag]: _before, ...others } = pressed.get(id) ?? {}
    const next = on === undefined ? others : { ...others, [flag]: on }
    if (Object.keys(next).length === 0) pressed.delete(id)
    else pressed.set(id, next)
  }

  return {
    pressed,
    async set(kind, id, on, options) {
      const flag = flags[kind]
      const key = `${kind}:${id}`
      show(id, flag, on)
      deps.onChange()
      const before = last.get(key)
      const own = (before ?? Promise.resolve()).then(
        () => deps.send(kind, id, on, options),
        () => deps.send(kind, id, on, options),
      )
      last.set(key, own)
      try {
        const post = await own
        if (last.get(key) === own) show(id, flag, undefined)
        deps.onAnswer(post)
        return post
      } catch (error) {
        if (last.get(key) === own) show(id, flag, undefined)
        throw error
      } finally {
        if (last.get(key) === own) last.delete(key)
        deps.onChange()
      }
    },
  }
}
