import type { AnyContractRouter } from '@orpc/contract'
import { accountContract, postContract, timelineContract } from '@skein/contracts'
import type { CallContext } from '@skein/platform'
import { z } from 'zod'
import type { Services } from '../../src/http/api-context.js'
import { contractRoutes, type ContractRoute } from './contract-routes.js'
import { shapeOf, validValue } from './valid-value.js'

export interface SeenCall {
  /** `account.users.get` */
  readonly method: string
  readonly input: unknown
  readonly context: CallContext
}

export interface FakeServices extends Services {
  readonly calls: SeenCall[]
  /** Makes a method answer so; otherwise it answers the least its contract allows. May throw. */
  answer(method: string, reply: (input: never) => unknown): void
  /** Sees the signal of each call. */
  onCall: (signal: AbortSignal | undefined) => void
}

type Options = { readonly context: CallContext; readonly signal?: AbortSignal }

/** The three services without anything behind them. What they are asked is checked by their contracts. */
export function fakeServices(): FakeServices {
  const calls: SeenCall[] = []
  const replies = new Map<string, (input: never) => unknown>()
  const least = new Map<unknown, unknown>()

  function leastOf({ outputSchema }: ContractRoute): unknown {
    const value = least.get(outputSchema) ?? validValue(shapeOf(outputSchema, 'output'))
    least.set(outputSchema, value)
    return structuredClone(value)
  }

  function fake(service: string, contract: AnyContractRouter): unknown {
    const routes = new Map(contractRoutes(contract).map((route) => [route.name, route]))
    const call = async (name: string, input: unknown, { context, signal }: Options): Promise<unknown> => {
      const route = routes.get(name)
      if (route === undefined || !(route.inputSchema instanceof z.ZodType)) throw new Error(`no method ${name}`)
      const method = `${service}.${name}`
      calls.push({ method, input: route.inputSchema.parse(input), context })
      services.onCall(signal)
      const reply = replies.get(method)
      return reply === undefined ? leastOf(route) : reply(input as never)
    }
    const at = (path: readonly string[]): unknown =>
      new Proxy(() => undefined, {
        get: (_target, key) => at([...path, String(key)]),
        apply: (_target, _self, [input, options]: [unknown, Options]) => call(path.join('.'), input, options),
      })
    return at([])
  }

  const services: FakeServices = {
    account: fake('account', accountContract) as Services['account'],
    post: fake('post', postContract) as Services['post'],
    timeline: fake('timeline', timelineContract) as Services['timeline'],
    calls,
    answer: (method, reply) => void replies.set(method, reply),
    onCall: () => undefined,
  }
  return services
}
