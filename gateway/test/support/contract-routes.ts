import type { AnyContractRouter } from '@orpc/contract'
import { traverseContractProcedures } from '@orpc/server'
import { shapeOf, type Shape } from './valid-value.js'

/** One route of a contract with what it takes and answers. */
export interface ContractRoute {
  readonly name: string
  readonly method: string
  readonly template: string
  readonly params: readonly string[]
  readonly input: Shape
  readonly inputSchema: unknown
  readonly outputSchema: unknown
  readonly status: number
}

export function contractRoutes(contract: AnyContractRouter): ContractRoute[] {
  const routes: ContractRoute[] = []
  traverseContractProcedures({ router: contract, path: [] }, ({ contract: { '~orpc': definition }, path }) => {
    const { method = 'POST', path: template = `/${path.join('/')}`, successStatus = 200 } = definition.route
    const params = Array.from(template.matchAll(/\{(\w+)\}/g), (match) => match[1] ?? '')
    const inputSchema: unknown = definition.inputSchema
    const outputSchema: unknown = definition.outputSchema
    const input = shapeOf(inputSchema, 'input')
    routes.push({
      name: path.join('.'),
      method,
      template,
      params,
      input,
      inputSchema,
      outputSchema,
      status: successStatus,
    })
  })
  return routes
}
