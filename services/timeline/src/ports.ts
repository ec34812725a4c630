import type { accountContract, postContract } from '@skein/contracts'
import type { CallContext, RpcClient } from '@skein/platform'

type AccountClient = RpcClient<typeof accountContract>
type PostClient = RpcClient<typeof postContract>

/** What is read from the account service. */
export interface AccountReads {
  readonly users: Pick<AccountClient['users'], 'cards' | 'byHandles'>
  readonly edges: Pick<AccountClient['edges'], 'viewers' | 'followNotices'>
  readonly me: Pick<AccountClient['me'], 'readMarker'>
}

/** What is read from the post service. */
export interface PostReads {
  readonly posts: Pick<PostClient['posts'], 'byIds'>
  readonly entries: PostClient['entries']
  readonly tags: Pick<PostClient['tags'], 'trending'>
}

/** The second argument of every call to another service. */
export interface CallOptions {
  readonly context: CallContext
  readonly signal?: AbortSignal
}

/** The same call for nobody: what is kept for all readers must not depend on one. */
export function asNobody({ context, signal }: CallOptions): CallOptions {
  const { accessToken: _accessToken, ...rest } = context
  return { context: rest, ...(signal === undefined ? {} : { signal }) }
}
