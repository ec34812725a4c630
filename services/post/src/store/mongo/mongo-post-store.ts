import type { LogEvent, Position } from '@skein/contracts'
import { createOutbox } from '@skein/event-log'
import { systemRandom, type Clock, type Logger, type Random } from '@skein/platform'
import { inMongoAppErrors, toMongoAppError } from '@skein/platform/mongo'
import type { Connection } from 'mongoose'
import type { PostStore } from '../post-store.js'
import { Counts } from './counts.js'
import { EdgeWrites } from './edge-writes.js'
import { createEntryQueries } from './entry-reads.js'
import { IdSource } from './ids.js'
import { importAll } from './import-posts.js'
import { createOwed } from './owed.js'
import { createPostReads } from './post-reads.js'
import { PostWrites } from './post-writes.js'
import { openModels } from './schema.js'
import { createTagReads } from './tag-reads.js'

export interface MongoPostStoreDeps {
  /** From `openMongo`. Stays the caller's. */
  readonly connection: Connection
  /** `EventLog.append`. */
  readonly append: (events: readonly LogEvent[]) => Promise<readonly Position[]>
  readonly clock: Clock
  readonly log: Logger
  readonly random?: Random
}

export interface MongoPostStore extends PostStore {
  /** Events that a crash or an absent log left unsent. */
  readonly outbox: {
    /** Sweeps from now on. */
    start(): void
    /** How long the longest waiting event has been due. */
    ageMs(): Promise<number>
    /** Idempotent. */
    close(): Promise<void>
  }
}

/**
 * The post store over one MongoDB database. Makes its collections and indexes. Other than `PostStore` says, a change whose
 * event the log did not take is there: the call throws `delayed`, and the same call again, or the sweeper of any process,
 * appends the event. @throws AppError unavailable
 */
export async function createMongoPostStore(deps: MongoPostStoreDeps): Promise<MongoPostStore> {
  const { connection, append, clock, log, random = systemRandom } = deps
  const models = await openModels(connection).catch((thrown: unknown) => {
    throw toMongoAppError(thrown)
  })
  const reads = createPostReads(models)
  const counts = new Counts(models, clock)
  const outbox = createOutbox({ source: createOwed(models, reads, counts), append, clock, log })
  const writing = { models, reads, ids: new IdSource(models, random), counts, outbox, clock, random }
  const posts = new PostWrites(writing)
  const edges = new EdgeWrites(writing)
  const tags = createTagReads(models)

  return {
    entries: inMongoAppErrors(createEntryQueries(models)),
    outbox: { start: () => outbox.start(), ageMs: () => outbox.ageMs(), close: () => outbox.close() },
    ...inMongoAppErrors<Omit<PostStore, 'entries'>>({
      create: (draft) => posts.create(draft),
      edit: (edit) => posts.edit(edit),
      remove: (removal) => posts.remove(removal),
      setEdge: (change) => edges.set(change),
      byIds: reads.byIds,
      byKey: (authorId, key) => posts.byKey(authorId, key),
      history: reads.history,
      countBy: reads.countBy,
      trending: tags.trending,
      tagsWith: tags.tagsWith,
      dirtyPosts: (limit) => counts.dirtyPosts(limit),
      recount: (ids) => counts.recount(ids),
      importPosts: (drafts, { events }) => importAll(writing, drafts, events),
    }),
  }
}
