import { accountContract, AppError, postContract, timelineContract } from '@skein/contracts'
import {
  createRpcClient,
  httpLink,
  type Caller,
  type HttpLinkTarget,
  type ReplicaState,
  type RpcClient,
  type RpcLink,
  type ServiceTokens,
} from '@skein/platform'
import type { ServerConfig } from '../config.js'

/** The services this role was told of, over HTTP. @throws Error for one it was not told of */
export interface Clients {
  account(): RpcClient<typeof accountContract>
  post(): RpcClient<typeof postContract>
  timeline(): RpcClient<typeof timelineContract>
  close(): Promise<void>
}

export interface ClientDeps {
  readonly role: Caller
  readonly serviceTokens: Pick<ServiceTokens, 'mint'>
  readonly onReplica: (service: string) => (address: string, state: ReplicaState) => void
}

type Service = 'account' | 'post' | 'timeline'

export function createClients(config: ServerConfig, { role, serviceTokens, onReplica }: ClientDeps): Clients {
  const links = new Map<Service, RpcLink>()
  const linkTo = (service: Service): RpcLink => {
    const held = links.get(service)
    if (held !== undefined) return held
    const where = config[`services.${service}`]
    if (where === undefined) throw new AppError('internal', { message: `${role} was not told where ${service} is.` })
    const link = httpLink({ ...targetOf(where), onState: onReplica(service) })
    links.set(service, link)
    return link
  }
  return {
    account: () => createRpcClient(accountContract, linkTo('account'), { service: 'account', serviceTokens }),
    post: () => createRpcClient(postContract, linkTo('post'), { service: 'post', serviceTokens }),
    timeline: () => createRpcClient(timelineContract, linkTo('timeline'), { service: 'timeline', serviceTokens }),
    close: async () => {
      await Promise.all([...links.values()].map((link) => link.close?.()))
    },
  }
}

/** One `name:port` is looked up, and asked for again: every address is a replica. More than one are the replicas. */
export function targetOf(where: string): HttpLinkTarget {
  const addresses = where.split(',')
  if (addresses.length > 1) return { addresses }
  const at = where.lastIndexOf(':')
  return { host: where.slice(0, at), port: Number(where.slice(at + 1)), refreshMs: 1_000 }
}
