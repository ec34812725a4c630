import type { AnyContractRouter } from '@orpc/contract'
import { implement, type Implementer } from '@orpc/server'
import type { ServiceContext } from './context.js'

/** The start of a service: `os.users.get.handler(({ input, context, signal }) => …)`, then `os.router({ … })`. */
export function implementService<T extends AnyContractRouter>(
  contract: T,
): Implementer<T, ServiceContext, ServiceContext> {
  return implement<T, ServiceContext>(contract)
}
