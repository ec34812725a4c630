import type { FeedItem, Post } from '@skein/client'

export interface ThreadLine {
  item: FeedItem
  /** Stands below another reply. */
  isNested: boolean
  /** The next line answers this one: a thread runs between the two. */
  isChained: boolean
}
export interface ThreadLines {
  /** The author's own posts that go on from the open one, in order. */
  continuation: FeedItem[]
  replies: ThreadLine[]
  /** Where the open post stands among its author's own, and how many they are; null when it stands alone. */
  part: { number: number; of: number } | null
}

/**
 * Orders what is below a post for reading: first what its author went on to say, then each reply, the oldest first, with
 * everything below it. Pure; the same posts in any order give the same lines.
 */
export function arrangeThread(open: Post, ancestors: readonly Post[], below: readonly FeedItem[]): ThreadLines {
  const byParent = childrenByParent(open.id, below)
  const continuation = ownChain(open, byParent)
  const own = new Set(continuation.map((item) => item.post.id))
  const roots = [open.id, ...own].flatMap((id) => byParent.get(id) ?? []).filter((item) => !own.has(item.post.id))
  const replies = roots.sort(byId).flatMap((root) => descend(root, byParent, false))
  const before = countOwnAbove(open, ancestors)
  const of = before + 1 + continuation.length
  return { continuation, replies: withChains(replies), part: of > 1 ? { number: before + 1, of } : null }
}

function byId(a: FeedItem, b: FeedItem): number {
  return a.id < b.id ? -1 : 1
}

function childrenByParent(openId: string, below: readonly FeedItem[]): Map<string, FeedItem[]> {
  const known = new Set([openId, ...below.map((item) => item.post.id)])
  const children = new Map<string, FeedItem[]>()
  for (const item of [...below].sort(byId)) {
    const ancestors = [...item.post.path, item.post.replyTo?.id ?? openId]
    const parent = ancestors.findLast((id) => known.has(id) && id !== item.post.id) ?? openId
    const siblings = children.get(parent)
    if (siblings) siblings.push(item)
    else children.set(parent, [item])
  }
  return children
}

function ownChain(open: Post, byParent: Map<string, FeedItem[]>): FeedItem[] {
  const chain: FeedItem[] = []
  for (let at = open.id; ;) {
    const next = byParent.get(at)?.find(({ post }) => post.author.id === open.author.id && !post.deletedAtMs)
    if (next === undefined) return chain
    chain.push(next)
    at = next.post.id
  }
}

function countOwnAbove(open: Post, ancestors: readonly Post[]): number {
  let count = 0
  for (const post of [...ancestors].reverse()) {
    if (post.author.id !== open.author.id || post.deletedAtMs) break
    count += 1
  }
  return count
}

type Line = { item: FeedItem; isNested: boolean }

function descend(item: FeedItem, byParent: Map<string, FeedItem[]>, isNested: boolean): Line[] {
  const below = byParent.get(item.post.id) ?? []
  return [{ item, isNested }, ...below.flatMap((child) => descend(child, byParent, true))]
}

function withChains(lines: Line[]): ThreadLine[] {
  return lines.map((line, i) => ({ ...line, isChained: lines[i + 1]?.item.post.replyTo?.id === line.item.post.id }))
}
