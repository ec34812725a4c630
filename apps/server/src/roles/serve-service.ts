import {
  createServiceHandler,
  createServiceTokens,
  declareRpcMetrics,
  serveRpc,
  type AccessRules,
  type RpcServer,
  type TokenVerifier,
} from '@skein/platform'
import { clock, random, type Ground } from './ground.js'

type Router = Parameters<typeof createServiceHandler>[0]

export interface Served {
  readonly router: Router
  readonly access: AccessRules
  readonly verifier: TokenVerifier
}

/** Answers calls to this role's service, over what was added before. `made` is asked for when those have started. */
export function addService(ground: Ground, made: () => Served): { readonly port: number } {
  const { config, lifecycle, health } = ground
  let server: RpcServer | undefined
  lifecycle.add('rpc', {
    start: async () => {
      server = await serveRpc([handlerOf(ground, made())], { host: config['rpc.host'], port: config['rpc.port'] })
    },
    close: async () => {
      health.markDraining()
      await server?.close()
    },
  })
  return {
    get port() {
      return server?.port ?? 0
    },
  }
}

function handlerOf({ role, log, secret, metrics }: Ground, { router, access, verifier }: Served) {
  const rpc: { onCall?: ReturnType<ReturnType<typeof declareRpcMetrics>>['onCall'] } = {}
  const handler = createServiceHandler(router, {
    ...access,
    service: role,
    serviceTokens: createServiceTokens({ secret, caller: role, clock }),
    userTokens: verifier,
    log,
    clock,
    random,
    onCall: (call) => rpc.onCall?.(call),
  })
  rpc.onCall = declareRpcMetrics(metrics, { [role]: handler })(role).onCall
  return handler
}
