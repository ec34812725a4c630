import { AppError, type Handle, type Relation } from '@skein/contracts'
import type { ServiceContext } from '@skein/platform'
import type { AccountContext } from '../account-context.js'
import type { EdgeKind } from '../domain/edges.js'
import { actorOf, found, type Method, type Methods } from './method.js'

type Input = { readonly handle: Handle; readonly on: boolean }

export const setFollow: Method<Methods['edges']['follow']> = (account, input, context) =>
  setEdge(account, 'follow', { input, context })
export const setBlock: Method<Methods['edges']['block']> = (account, input, context) =>
  setEdge(account, 'block', { input, context })
export const setMute: Method<Methods['edges']['mute']> = (account, input, context) =>
  setEdge(account, 'mute', { input, context })

async function setEdge(
  { store, clock, ids, config }: AccountContext,
  kind: EdgeKind,
  { input: { handle, on }, context }: { input: Input; context: ServiceContext },
): Promise<Relation> {
  const { userId: actorId } = actorOf(context)
  const { id: targetId } = found(await store.userByHandle(handle))
  const wish = { kind, actorId, targetId, on, edgeId: ids.entry(), nowMs: clock.now() }
  const outcome = await store.setEdge(wish, config.followsMax)
  if (outcome.kind === 'set') return outcome.relation
  switch (outcome.why) {
    case 'oneself':
      throw new AppError('invalid', { fields: { handle: 'must be another person' } })
    case 'limit_reached':
      throw new AppError('limit_reached', { message: `You follow ${config.followsMax} people, which is the limit.` })
    case 'blocked':
    case 'not_found':
      throw new AppError(outcome.why)
  }
}
