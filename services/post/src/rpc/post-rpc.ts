import { AppError, postContract, type accountContract, type UserId } from '@skein/contracts'
import { implementService, type Clock, type Logger, type RpcClient, type ServiceContext } from '@skein/platform'
import type { PostStore } from '../store/post-store.js'

type AccountClient = RpcClient<typeof accountContract>

/** What posts ask of accounts. */
export interface AccountPort {
  readonly users: Pick<AccountClient['users'], 'byHandles'>
  readonly edges: Pick<AccountClient['edges'], 'viewers'>
}

/** What every method has at hand. */
export interface PostRpc {
  readonly store: PostStore
  readonly account: AccountPort
  readonly clock: Clock
  readonly log: Logger
  readonly maxGraphemes: number
}

export const os = implementService(postContract)

/** Who asks; null for anonymous. */
export function viewerOf(context: ServiceContext): UserId | null {
  return context.actor?.userId ?? null
}

/** Who acts. @throws AppError unauthenticated */
export function actorOf(context: ServiceContext): UserId {
  const viewer = viewerOf(context)
  if (viewer === null) throw new AppError('unauthenticated')
  return viewer
}
