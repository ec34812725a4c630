import type { FeedItem } from '../../src/types.js'
import { ViewHarness } from './view-harness.js'
import { World } from './world.js'

/** A world in which `me` follows these. */
export function following(...others: string[]): World {
  const world = new World()
  for (const other of others) world.follow('me', other)
  return world
}

/** The open home view of `me` over so many posts by `ann`. */
export async function home(
  posts = 0,
  options: ConstructorParameters<typeof ViewHarness>[1] = {},
): Promise<ViewHarness> {
  const world = options.world ?? following('ann', 'bob')
  for (let n = 0; n < posts; n += 1) world.post('ann', `post ${n}`)
  const h = new ViewHarness('home', { pageSize: 10, ...options, world })
  await h.open()
  return h
}

export const texts = (items: readonly FeedItem[]): string[] => items.map(({ post }) => post.text)
export const shownBy = (h: ViewHarness): string[] => texts(h.view.getSnapshot().items)
export const pendingBy = (h: ViewHarness): string[] => texts(h.view.getSnapshot().pending)
