import { z } from 'zod'
import { sizeOf } from './manifest.js'
import type { TakenBackup } from './take-backup.js'

/** What one run did, as `skein backup now --json` prints it. */
export const BackupSummary = z.object({
  name: z.string(),
  startedAtMs: z.int(),
  finishedAtMs: z.int(),
  /** As stored. */
  bytes: z.int(),
  documents: z.object({ posts: z.int(), accounts: z.int() }),
  shrunk: z.string().nullable(),
  /** Found by the restore into a scratch database; null: it was not tried. */
  problems: z.array(z.string()).nullable(),
  /** Why it could not be tried, though it was asked for. */
  untried: z.string().nullable(),
  removed: z.array(z.string()),
})
export type BackupSummary = z.infer<typeof BackupSummary>

export function summaryOf({ name, manifest, shrunk, problems, untried, removed }: TakenBackup): BackupSummary {
  const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((all, n) => all + n, 0)
  return {
    name,
    startedAtMs: manifest.startedAtMs,
    finishedAtMs: manifest.finishedAtMs,
    bytes: sizeOf(manifest).bytes,
    documents: { posts: sum(manifest.counts.posts), accounts: sum(manifest.counts.accounts) },
    shrunk,
    problems: problems === null ? null : [...problems],
    untried,
    removed: [...removed],
  }
}
