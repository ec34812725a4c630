import { z } from 'zod'
import { SessionEndReason } from './events.js'
import { EntryId, Handle, SessionId, UserId } from './ids.js'
import { limits } from './limits.js'
import {
  Me,
  PageInput,
  PeoplePage,
  PersonItem,
  Profile,
  Relation,
  Role,
  SessionInfo,
  SessionTokens,
  Suggestion,
  UserCard,
} from './models.js'
import { safe, write } from './rpc.js'

const atMs = z.int().nonnegative()
const name = z.string().trim().min(1).max(limits.nameMaxChars)
const password = z.string().min(limits.passwordMinChars).max(limits.passwordMaxChars)
const client = z.string().max(200).default('')
const Signed = z.object({ me: Me, tokens: SessionTokens })
const done = z.object({ done: z.literal(true) })

export const SignUpInput = z.strictObject({ handle: Handle, name, password })
export const SignInInput = z.strictObject({
  handle: z.string().max(100),
  password: z.string().max(limits.passwordMaxChars),
})
export const RefreshTokenInput = z.strictObject({ refreshToken: z.string().max(200) })
export const ProfileChange = z.strictObject({
  name: name.optional(),
  bio: z.string().trim().max(limits.bioMaxChars).optional(),
})
export const PasswordChange = z.strictObject({ current: z.string().max(limits.passwordMaxChars), next: password })

/** One followed, blocked or muted person and the revision of that edge. */
export const EdgeRev = z.object({ id: UserId, rev: z.int().nonnegative() })

/** Who stands how to one viewer; `blocks` holds both directions. The viewer is never in it. */
export const ViewerEdges = z.object({
  userId: UserId,
  follows: z.array(EdgeRev),
  /** By the viewer. */
  blocking: z.array(EdgeRev),
  /** Of the viewer. */
  blockedBy: z.array(EdgeRev),
  mutes: z.array(EdgeRev),
})
export type ViewerEdges = z.infer<typeof ViewerEdges>

export const Jwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
})
export type Jwk = z.infer<typeof Jwk>

const setEdge = safe.input(z.strictObject({ handle: Handle, on: z.boolean() })).output(Relation)
const peopleOf = safe.input(PageInput.extend({ handle: Handle })).output(PeoplePage)

/** People, sessions and who follows whom. `me`, `sessions` and the edges act for the actor of the access token alone. */
export const accountContract = {
  sessions: {
    /** @throws handle_taken (fields.handle suggests free ones) */
    signUp: write.input(SignUpInput.extend({ client })).output(Signed),
    /** @throws wrong_credentials, in equal time whether or not the account exists; rate_limited per handle */
    signIn: write.input(SignInInput.extend({ client })).output(Signed),
    /**
     * Rotates. A spent token gets the same successor within its grace, and, while it is the last that was spent, a new one
     * later; any other ends the session.
     * @throws session_ended
     */
    refresh: safe.input(RefreshTokenInput).output(Signed),
    list: safe.input(z.strictObject({})).output(z.object({ items: z.array(SessionInfo) })),
    end: safe.input(z.strictObject({ id: z.union([SessionId, z.literal('current')]) })).output(done),
    endAll: safe.input(z.strictObject({})).output(z.object({ ended: z.int() })),
    /** Callers without a user: sessions whose access tokens may still be alive. */
    ended: safe
      .input(z.strictObject({}))
      .output(
        z.object({ items: z.array(z.object({ sessionId: SessionId, untilMs: atMs, reason: SessionEndReason })) }),
      ),
    jwks: safe.input(z.strictObject({})).output(z.object({ keys: z.array(Jwk) })),
  },
  me: {
    get: safe.input(z.strictObject({})).output(Me),
    update: safe.input(ProfileChange).output(Me),
    /** Ends every other session. @throws wrong_credentials */
    changePassword: write.input(PasswordChange).output(done),
    /** The newest seen notification; never moves back. */
    readNotifications: safe.input(z.strictObject({ upTo: EntryId })).output(z.object({ upTo: EntryId })),
    readMarker: safe.input(z.strictObject({})).output(z.object({ upTo: EntryId.nullable() })),
  },
  users: {
    /** `counts.posts` is 0 here: the post service knows it. Works for anonymous readers. @throws not_found */
    get: safe.input(z.strictObject({ handle: Handle })).output(Profile),
    /** Unknown ids are left out. */
    cards: safe
      .input(z.strictObject({ ids: z.array(UserId).max(1_000) }))
      .output(z.object({ items: z.array(UserCard) })),
    byHandles: safe
      .input(z.strictObject({ handles: z.array(Handle).max(100) }))
      .output(z.object({ items: z.array(UserCard) })),
    /** Handle prefix, the much followed first. Blocked either way are left out. */
    search: safe
      .input(z.strictObject({ prefix: z.string().max(24), limit: z.int().min(1).max(50).default(10) }))
      .output(z.object({ items: z.array(PersonItem) })),
    followers: peopleOf,
    following: peopleOf,
    suggestions: safe
      .input(z.strictObject({ limit: z.int().min(1).max(20).default(5) }))
      .output(z.object({ items: z.array(Suggestion) })),
    count: safe.input(z.strictObject({})).output(z.object({ people: z.int() })),
  },
  edges: {
    /** @throws not_found; blocked; invalid for oneself; limit_reached */
    follow: setEdge,
    block: setEdge,
    mute: setEdge,
    /** For callers without a user: the primary's data, for at most 100 people. */
    viewers: safe
      .input(z.strictObject({ userIds: z.array(UserId).max(100) }))
      .output(z.object({ items: z.array(ViewerEdges) })),
    /** Follows of the actor as notifications, newest first, ids strictly older / newer than given. */
    followNotices: safe
      .input(z.strictObject({ limit: z.int().min(1).max(200), before: EntryId.optional(), after: EntryId.optional() }))
      .output(z.object({ items: z.array(z.object({ id: EntryId, actorId: UserId, atMs })) })),
  },
  /** For the `skein` command alone. */
  operator: {
    createUser: write.input(SignUpInput.extend({ role: Role.default('user') })).output(Me),
    setRole: safe.input(z.strictObject({ handle: Handle, role: Role })).output(Me),
    /** A session for a program, which signs in by its refresh token. */
    createToken: write
      .input(z.strictObject({ handle: Handle, client: z.string().min(1).max(200) }))
      .output(SessionTokens),
    suspend: safe.input(z.strictObject({ handle: Handle, on: z.boolean() })).output(done),
  },
}
