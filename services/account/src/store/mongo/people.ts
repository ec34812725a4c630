import { EntryId, Handle, UserId } from '@skein/contracts'
import { z } from 'zod'
import type { SuggestionCandidate } from '../../domain/suggestions.js'
import type { AccountStore, EdgeRange, ListedPerson } from '../account-store.js'
import { tally } from './counts.js'
import type { Models } from './models.js'
import { among, listEdges, op, readRelations } from './reads.js'

/** How far suggestions look: the newest follows of the viewer, and the newest follows of each of those. */
const friendsMax = 50
const followsOfFriendMax = 100
/** How many of the most followed, and of those that share a prefix, are looked at. */
const poolMax = 500
/** How many edges are read beyond a page for those that a block takes out of it. */
const pageSlack = 20

const PersonRows = z.array(
  z.object({
    _id: UserId,
    handle: Handle,
    name: z.string(),
    bio: z.string(),
    followers: z.int(),
    suspended: z.boolean(),
  }),
)
type Person = Omit<z.infer<typeof PersonRows>[number], '_id'> & { readonly id: UserId }
const CountRows = z.object({ _id: UserId, followers: z.int(), following: z.int() })

type People = Pick<AccountStore, 'followers' | 'following' | 'search' | 'suggestionCandidates' | 'countDrift'>

export function createPeople(models: Models): People {
  const { users } = models
  const page = (whose: 'actor' | 'target') => (userId: UserId, viewerId: UserId | null, range: EdgeRange) =>
    listPeople(models, { userId, viewerId, whose }, range)
  return {
    followers: page('target'),
    following: page('actor'),
    search: async (prefix, viewerId, limit) => {
      const isFound = ({ handle }: Person): boolean => handle.startsWith(prefix)
      const first = users.find({ handle: op({ $gte: prefix, $lt: `${prefix}~` }) }).sort({ handle: 1 })
      const [alphabet, followed] = await Promise.all([readPeople(first, poolMax), mostFollowed(models)])
      const found = new Map([...alphabet, ...followed.filter(isFound)].map((person) => [person.id, person]))
      const parted = await partedFrom(models, viewerId, [...found.keys()])
      const rank = (a: Person, b: Person): number =>
        Number(b.handle === prefix) - Number(a.handle === prefix) || byFollowers(a, b)
      const people = [...found.values()].filter(({ id }) => !parted.has(id)).sort(rank)
      return people.slice(0, limit).map((person) => listed(EntryId.parse(person.id), person))
    },
    suggestionCandidates: (viewerId, limit) => suggestionCandidates(models, viewerId, limit),
    countDrift: async () => {
      const [following, followers] = [await tally(models, 'actor', null), await tally(models, 'target', null)]
      const drifted: UserId[] = []
      for await (const row of users.find().select({ followers: 1, following: 1 }).lean().cursor()) {
        const user = CountRows.parse(row)
        const isRight =
          user.followers === (followers.get(user._id) ?? 0) && user.following === (following.get(user._id) ?? 0)
        if (!isRight) drifted.push(user._id)
      }
      return drifted
    },
  }
}

/** Reads on until the page is full or the edges end. */
async function listPeople(
  models: Models,
  { userId, viewerId, whose }: { userId: UserId; viewerId: UserId | null; whose: 'actor' | 'target' },
  range: EdgeRange,
): Promise<ListedPerson[]> {
  const { limit, after } = range
  let people: ListedPerson[] = []
  let rest = { ...range, limit: viewerId === null ? limit : limit + pageSlack }
  for (;;) {
    const edges = await listEdges(models.pairs, [userId], { kind: 'follow', whose, range: rest })
    const others = edges.map(({ otherId }) => otherId)
    const parted = await partedFrom(models, viewerId, others)
    const known = await peopleById(
      models,
      others.filter((id) => !parted.has(id)),
    )
    const found = edges.flatMap(({ edgeId, otherId }) => {
      const person = known.get(otherId)
      return person === undefined ? [] : [listed(edgeId, person)]
    })
    people = after === undefined ? [...people, ...found] : [...found, ...people]
    const last = after === undefined ? edges.at(-1) : edges[0]
    if (people.length >= limit || edges.length < rest.limit || last === undefined)
      return after === undefined ? people.slice(0, limit) : people.slice(-limit)
    rest = after === undefined ? { ...rest, before: last.edgeId } : { ...rest, after: last.edgeId }
  }
}

async function suggestionCandidates(models: Models, viewerId: UserId, limit: number): Promise<SuggestionCandidate[]> {
  const { pairs } = models
  const mine = await Promise.all([
    listEdges(pairs, [viewerId], { kind: 'follow', whose: 'actor' }),
    listEdges(pairs, [viewerId], { kind: 'mute', whose: 'actor' }),
    listEdges(pairs, [viewerId], { kind: 'block', whose: 'actor' }),
    listEdges(pairs, [viewerId], { kind: 'block', whose: 'target' }),
  ])
  const excluded = new Set([viewerId, ...mine.flat().map(({ otherId }) => otherId)])
  const friends = (mine[0] ?? []).sort((a, b) => (a.edgeId < b.edgeId ? 1 : -1)).slice(0, friendsMax)
  const range = { limit: followsOfFriendMax }
  const theirs = await Promise.all(
    friends.map(({ otherId }) => listEdges(pairs, [otherId], { kind: 'follow', whose: 'actor', range })),
  )
  const via = new Map<UserId, UserId[]>()
  for (const { personId, otherId } of theirs.flat()) {
    if (excluded.has(otherId)) continue
    via.set(otherId, [...(via.get(otherId) ?? []), personId])
  }
  const ranked = [...via].sort(([, a], [, b]) => b.length - a.length).slice(0, limit)
  const known = await peopleById(
    models,
    ranked.map(([id]) => id),
  )
  const near = ranked.flatMap(([id, ways]) => {
    const person = known.get(id)
    return person === undefined ? [] : [candidate(person, ways)]
  })
  const popular = (await mostFollowed(models))
    .filter(({ id }) => !excluded.has(id))
    .map((person) => candidate(person, []))
  return [near, popular].flatMap((list) => list.filter((found) => found !== null).slice(0, limit))
}

/** null: a suspended person is suggested to nobody. */
function candidate(person: Person, via: readonly UserId[]): SuggestionCandidate | null {
  const { id, handle, name, bio, followers, suspended } = person
  return suspended ? null : { user: { id, handle, name, bio }, followers, paths: via.length, via }
}

function listed(edgeId: EntryId, { id, handle, name, bio }: Person): ListedPerson {
  return { id: edgeId, user: { id, handle, name, bio } }
}

async function peopleById({ users }: Models, ids: readonly UserId[]): Promise<Map<UserId, Person>> {
  const people = await readPeople(users.find({ _id: among(ids) }), ids.length)
  return new Map(people.map((person) => [person.id, person]))
}

function mostFollowed({ users }: Models): Promise<Person[]> {
  return readPeople(users.find().sort({ followers: -1, handle: 1 }), poolMax)
}

async function readPeople(query: ReturnType<Models['users']['find']>, limit: number): Promise<Person[]> {
  const columns = { handle: 1, name: 1, bio: 1, followers: 1, suspended: 1 }
  const rows = limit === 0 ? [] : await query.select(columns).limit(limit).lean()
  return PersonRows.parse(rows).map(({ _id: id, ...person }) => ({ id, ...person }))
}

/** Those of them whom a block parts from the viewer, either way. */
async function partedFrom(models: Models, viewerId: UserId | null, ids: readonly UserId[]): Promise<Set<UserId>> {
  if (viewerId === null || ids.length === 0) return new Set()
  const relations = await readRelations(models.pairs, viewerId, ids)
  return new Set(ids.filter((id) => relations.get(id)?.blocking === true || relations.get(id)?.blockedBy === true))
}

function byFollowers(a: Person, b: Person): number {
  return b.followers - a.followers || (a.handle < b.handle ? -1 : 1)
}
