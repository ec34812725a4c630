import {
  decodePageCursor,
  encodePageCursor,
  type Handle,
  type PageInput,
  type PeoplePage,
  type PersonItem,
  type UserId,
} from '@skein/contracts'
import type { ServiceContext } from '@skein/platform'
import type { AccountContext } from '../account-context.js'
import { noRelation } from '../domain/edges.js'
import { readHandlePrefix } from '../domain/handles.js'
import type { ListedPerson } from '../store/account-store.js'
import { found, viewerIdOf, type Method, type Methods } from './method.js'

export const listFollowers: Method<Methods['users']['followers']> = (account, input, context) =>
  listEdges(account, 'followers', { input, context })

export const listFollowing: Method<Methods['users']['following']> = (account, input, context) =>
  listEdges(account, 'following', { input, context })

export const searchUsers: Method<Methods['users']['search']> = async ({ store }, input, context) => {
  const prefix = readHandlePrefix(input.prefix)
  const viewerId = viewerIdOf(context)
  const people = prefix === null ? [] : await store.search(prefix, viewerId, input.limit)
  return { items: await withRelations(store, people, viewerId) }
}

async function listEdges(
  { store }: AccountContext,
  whose: 'followers' | 'following',
  { input, context }: { input: PageInput & { handle: Handle }; context: ServiceContext },
): Promise<PeoplePage> {
  const { limit } = input
  const before = input.before === undefined ? undefined : decodePageCursor(input.before)
  const after = input.after === undefined ? undefined : decodePageCursor(input.after)
  const viewerId = viewerIdOf(context)
  const { id } = found(await store.userByHandle(input.handle))
  if (after !== undefined) {
    return toPage(await withRelations(store, await store[whose](id, viewerId, { limit, after }), viewerId), true)
  }
  const people = await store[whose](id, viewerId, { limit: limit + 1, before })
  return toPage(await withRelations(store, people.slice(0, limit), viewerId), people.length > limit)
}

function toPage(items: PersonItem[], hasOlder: boolean): PeoplePage {
  const first = items[0]
  const last = items.at(-1)
  return {
    items,
    next: last === undefined || !hasOlder ? null : encodePageCursor(last.id),
    prev: first === undefined ? null : encodePageCursor(first.id),
  }
}

async function withRelations(
  store: AccountContext['store'],
  people: readonly ListedPerson[],
  viewerId: UserId | null,
): Promise<PersonItem[]> {
  if (viewerId === null || people.length === 0) return [...people]
  const ids = people.map(({ user }) => user.id)
  const relations = await store.relations(viewerId, ids)
  return people.map((person) => ({ ...person, viewer: relations.get(person.user.id) ?? noRelation }))
}
