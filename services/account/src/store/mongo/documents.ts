import { EntryId, Handle, Role, SessionEndReason, SessionId, UserId } from '@skein/contracts'
import { z } from 'zod'

/** What lies in the collections. Each is the parser of what comes out of one, and throws on anything else. */

const int = z.int()

/** Why and when the sessions of a person end that began under an older generation, but the one to keep. */
export const SessionsEnding = z.object({
  reason: SessionEndReason,
  atMs: int,
  untilMs: int,
  generation: int,
  keep: SessionId.nullable(),
})
export type SessionsEnding = z.infer<typeof SessionsEnding>

/** `outboxDueMs` is there as long as a note is, and indexed; the sweeper looks at it alone. */
const outboxOf = <N extends z.ZodType>(note: N) => ({ outbox: z.array(note).optional(), outboxDueMs: int.optional() })

export const UserDoc = z.object({
  _id: UserId,
  handle: Handle,
  name: z.string(),
  bio: z.string(),
  role: Role,
  passwordHash: z.string(),
  suspended: z.boolean(),
  createdAtMs: int,
  rev: int,
  /** When it became this revision. */
  revAtMs: int,
  followers: int,
  following: int,
  /** Grows with every change of the two counts, and `recounts` with those that were counted anew. */
  counts: int,
  recounts: int,
  readUpTo: EntryId.nullable(),
  /** Of the sessions that begin now; grows whenever all of them end. */
  generation: int,
  /** The event of a revision, or sessions that are still to be ended. */
  ...outboxOf(z.object({ id: z.string(), ending: SessionsEnding.optional() })),
})
export type UserDoc = z.infer<typeof UserDoc>

export const SessionDoc = z.object({
  _id: SessionId,
  userId: UserId,
  client: z.string(),
  createdAtMs: int,
  lastUsedAtMs: int,
  rev: int,
  tokenHash: z.string(),
  tokenExpiresAtMs: int,
  spent: z.array(z.object({ hash: z.string(), spentAtMs: int })),
  generation: int,
  end: z.object({ reason: SessionEndReason, atMs: int, untilMs: int }).nullable(),
  ...outboxOf(z.object({ id: z.string() })),
})
export type SessionDoc = z.infer<typeof SessionDoc>

const Edge = z.object({ on: z.boolean(), rev: int, edgeId: EntryId, atMs: int })
const Side = z.object({ follow: Edge.optional(), block: Edge.optional(), mute: Edge.optional() })
export type Side = z.infer<typeof Side>

export const sides = ['up', 'down'] as const
export const edgeKinds = ['follow', 'block', 'mute'] as const

/**
 * Everything between two people: `up` from the one of the lower id to the other, `down` back. One document decides, so a
 * block and the follows it ends are one write, and no follow can begin across a block.
 */
export const PairDoc = z.object({
  _id: z.string(),
  lo: UserId,
  hi: UserId,
  /** Grows with every change. */
  v: int,
  up: Side.optional(),
  down: Side.optional(),
  ...outboxOf(
    z.object({ id: z.string(), side: z.enum(sides), kind: z.enum(edgeKinds), counted: z.boolean().optional() }),
  ),
})
export type PairDoc = z.infer<typeof PairDoc>

export const KeyDoc = z.object({
  _id: z.string(),
  /** The key it came after, empty for the first: unique, so that one alone comes after each. */
  after: z.string(),
  privateKeyPem: z.string(),
  createdAtMs: int,
  expiresAtMs: int,
})
export type KeyDoc = z.infer<typeof KeyDoc>

export const SecretDoc = z.object({ _id: z.string(), base64: z.string() })
export type SecretDoc = z.infer<typeof SecretDoc>
