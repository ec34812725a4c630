import { decodePageCursor, encodePageCursor, type EntryId, type Handle, type UserId } from '@skein/contracts'
import type { CallContext, RpcClient } from '@skein/platform'
import type { accountContract } from '@skein/contracts'

/** What fan-out reads from the account service, as nobody: no viewer's blocks leave anyone out. */
export interface FollowerReads {
  readonly users: Pick<RpcClient<typeof accountContract>['users'], 'cards' | 'followers'>
}

export interface FollowersRest {
  readonly handle: Handle
  readonly before: EntryId
}

/** One page of who follows somebody; `rest` undefined at the end. */
export type ReadFollowers = (
  userId: UserId,
  rest: FollowersRest | undefined,
) => Promise<{ readonly ids: readonly UserId[]; readonly rest: FollowersRest | undefined }>

const pageItems = 100

/** One call a page, one more for the first. */
export function createReadFollowers(account: FollowerReads, context: () => CallContext): ReadFollowers {
  return async (userId, from) => {
    const handle = from?.handle ?? (await handleOf(account, userId, context()))
    if (handle === undefined) return { ids: [], rest: undefined }
    const before = from === undefined ? {} : { before: encodePageCursor(from.before) }
    const page = await account.users.followers({ handle, limit: pageItems, ...before }, { context: context() })
    const rest = page.next === null ? undefined : { handle, before: decodePageCursor(page.next) }
    return { ids: page.items.map(({ user }) => user.id), rest }
  }
}

async function handleOf(account: FollowerReads, userId: UserId, context: CallContext): Promise<Handle | undefined> {
  const { items } = await account.users.cards({ ids: [userId] }, { context })
  return items[0]?.handle
}
