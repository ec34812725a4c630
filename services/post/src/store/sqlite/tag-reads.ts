import type { Tag } from '@skein/contracts'
import type { Sqlite } from '@skein/platform'
import { firstIdAt } from '../../domain/ids.js'
import { trendSteps, seriesOf } from '../../domain/trends.js'
import type { TagUse, TrendQuery } from '../post-store.js'
import { toTagStep, toTagTotal, type TagStep } from './rows.js'

/** The cost of a trend query: uses of tags looked at, the newest ones. */
const usesMax = 50_000
/** The cost of a prefix query: different tags looked at. */
const tagsMax = 20_000

export const sql = {
  trending: `WITH recent AS MATERIALIZED (
      SELECT tag, author, at FROM post_tags INDEXED BY post_tags_by_id WHERE id >= ?1 ORDER BY id DESC LIMIT ${usesMax}),
    best AS MATERIALIZED (
      SELECT tag, count(*) AS posts, count(DISTINCT author) AS authors FROM recent GROUP BY tag
      ORDER BY authors DESC, posts DESC, tag LIMIT ?2)
    SELECT b.tag, b.posts, b.authors, (r.at - ?3) * ${trendSteps} / ?4 AS step, count(*) AS n
    FROM best b CROSS JOIN recent r ON r.tag = b.tag
    GROUP BY b.tag, step ORDER BY b.authors DESC, b.posts DESC, b.tag, step`,
  withPrefix: `SELECT tag, posts FROM (SELECT tag, posts FROM post_tag_totals WHERE tag >= ?1 AND tag < ?2 LIMIT ${tagsMax})
    ORDER BY posts DESC, tag LIMIT ?3`,
} as const

export function readTrending(db: Sqlite, { sinceMs, nowMs, limit }: TrendQuery): TagUse[] {
  const spanMs = Math.max(1, nowMs - sinceMs)
  const rows = db.read(sql.trending).all(firstIdAt(sinceMs), limit, sinceMs, spanMs).map(toTagStep)
  const byTag = new Map<Tag, TagStep[]>()
  for (const row of rows) byTag.set(row.tag, [...(byTag.get(row.tag) ?? []), row])
  return Array.from(byTag, ([tag, steps]) => ({
    tag,
    posts: steps[0]?.posts ?? 0,
    authors: steps[0]?.authors ?? 0,
    series: seriesOf(steps),
  }))
}

export function readTagsWith(db: Sqlite, prefix: string, limit: number): { tag: Tag; posts: number }[] {
  return db.read(sql.withPrefix).all(prefix, `${prefix}\u{10FFFF}`, limit).map(toTagTotal)
}
