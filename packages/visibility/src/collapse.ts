/** What collapsing needs to know of a feed's line. */
export interface Collapsible {
  readonly id: string
  readonly post: { readonly id: string }
}

/**
 * One line a post: of a post and its reposts the newest line stays. Takes and returns newest first. Because the newest
 * wins, reading further back never changes what stands above.
 */
export function collapse<T extends Collapsible>(items: readonly T[]): T[] {
  const seen = new Set<string>()
  return items.filter((item) => !seen.has(item.post.id) && seen.add(item.post.id))
}
