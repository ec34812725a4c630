/** What one bulk carries. */
const bulkMax = 1_000

export function chunksOf<T>(items: readonly T[], max: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / max) }, (_, n) => items.slice(n * max, (n + 1) * max))
}

/** Works on some at a time, one chunk after the other. */
export async function inChunks<T, R>(items: readonly T[], work: (chunk: T[]) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const chunk of chunksOf(items, bulkMax)) results.push(await work(chunk))
  return results
}
