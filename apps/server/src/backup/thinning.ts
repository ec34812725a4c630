export interface Thinned {
  readonly name: string
  readonly atMs: number
  /** Complete, and not found wanting by a verification. */
  readonly isGood: boolean
}

interface Rule {
  readonly keep: number
  /** Of the stretch of time, in UTC, that it keeps one backup of. */
  readonly stretchOf: (atMs: number) => string | number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Day 0 of the epoch was a Thursday; weeks begin on Monday. */
export const thinningRules: readonly Rule[] = [
  { keep: 6, stretchOf: (atMs) => Math.floor(atMs / (4 * hourMs)) },
  { keep: 7, stretchOf: (atMs) => Math.floor(atMs / dayMs) },
  { keep: 4, stretchOf: (atMs) => Math.floor((atMs / dayMs + 3) / 7) },
  { keep: 6, stretchOf: (atMs) => new Date(atMs).toISOString().slice(0, 7) },
]

/**
 * The names that may go. Each rule keeps the newest good backup of each of the latest stretches that have one, so that
 * time without backups costs none. The newest good one always stays; a bad one goes once a newer good one is there.
 */
export function thin(backups: readonly Thinned[]): string[] {
  const newestFirst = backups.toSorted((a, b) => b.atMs - a.atMs || (a.name < b.name ? 1 : -1))
  const good = newestFirst.filter(({ isGood }) => isGood)
  const kept = new Set<string>()
  for (const { keep, stretchOf } of thinningRules) {
    const stretches = new Set<string | number>()
    for (const { name, atMs } of good) {
      const stretch = stretchOf(atMs)
      if (stretches.has(stretch)) continue
      if (stretches.size === keep) break
      stretches.add(stretch)
      kept.add(name)
    }
  }
  const newestGoodMs = good[0]?.atMs ?? -Infinity
  const stays = ({ name, atMs, isGood }: Thinned): boolean => (isGood ? kept.has(name) : atMs >= newestGoodMs)
  return newestFirst.filter((backup) => !stays(backup)).map(({ name }) => name)
}
