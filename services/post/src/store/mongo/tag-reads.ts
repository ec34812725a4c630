import { Tag } from '@skein/contracts'
import { z } from 'zod'
import { firstIdAt } from '../../domain/ids.js'
import { seriesOf, trendSteps } from '../../domain/trends.js'
import type { PostStore, TagUse, TrendQuery } from '../post-store.js'
import type { Models } from './schema.js'

/** The cost of a trend query: uses of tags looked at, the newest ones. */
const usesMax = 50_000
/** The cost of a prefix query: different tags looked at. */
const tagsMax = 20_000

const Use = z.object({
  _id: Tag,
  posts: z.int(),
  authors: z.int(),
  steps: z.array(z.object({ step: z.int(), n: z.int() })),
})
const Total = z.object({ _id: Tag, posts: z.int() })

export function createTagReads({ posts, tags }: Models): Pick<PostStore, 'trending' | 'tagsWith'> {
  return {
    async trending({ sinceMs, nowMs, limit }: TrendQuery): Promise<TagUse[]> {
      const spanMs = Math.max(1, nowMs - sinceMs)
      const step = {
        $floor: { $divide: [{ $multiply: [{ $subtract: ['$createdAtMs', sinceMs] }, trendSteps] }, spanMs] },
      }
      const found: unknown[] = await posts.aggregate([
        { $match: { tagged: true, _id: { $gte: firstIdAt(sinceMs) } } },
        { $sort: { _id: -1 } },
        { $limit: usesMax },
        { $project: { tags: 1, authorId: 1, step } },
        { $unwind: '$tags' },
        { $limit: usesMax },
        { $group: { _id: { tag: '$tags', step: '$step', author: '$authorId' }, n: { $sum: 1 } } },
        {
          $group: {
            _id: '$_id.tag',
            posts: { $sum: '$n' },
            people: { $addToSet: '$_id.author' },
            steps: { $push: { step: '$_id.step', n: '$n' } },
          },
        },
        { $project: { posts: 1, steps: 1, authors: { $size: '$people' } } },
        { $sort: { authors: -1, posts: -1, _id: 1 } },
        { $limit: limit },
      ])
      return found
        .map((row) => Use.parse(row))
        .map(({ _id: tag, steps, ...rest }) => ({ tag, ...rest, series: seriesOf(steps) }))
    },

    async tagsWith(prefix, limit) {
      const found: unknown[] = await tags.aggregate([
        { $match: { _id: { $gte: prefix, $lt: `${prefix}\u{10FFFF}` } } },
        { $limit: tagsMax },
        { $match: { posts: { $gt: 0 } } },
        { $sort: { posts: -1, _id: 1 } },
        { $limit: limit },
      ])
      return found.map((row) => Total.parse(row)).map(({ _id: tag, posts: uses }) => ({ tag, posts: uses }))
    },
  }
}
