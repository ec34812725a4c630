import { SmartCoercionPlugin } from '@orpc/json-schema'
import { StandardOpenAPIHandler } from '@orpc/openapi/standard'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { AppError } from '@skein/contracts'
import { toAppError } from '@skein/platform'
import type { ApiContext } from './api-context.js'
import type { Route } from './route-table.js'

export interface ApiRequest {
  readonly route: Route
  /** Begins with a slash, percent-encoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Record<string, unknown>
  readonly context: ApiContext
  /** Aborts when the caller left. */
  readonly signal: AbortSignal
}

export interface ApiAnswer {
  readonly status: number
  readonly body: unknown
}

export type ApiHandler = (request: ApiRequest) => Promise<ApiAnswer>

type Router = ConstructorParameters<typeof StandardOpenAPIHandler<ApiContext>>[0]
type Caught = { readonly error: unknown }

/**
 * Runs one method: parses its input (numbers in addresses and queries may be texts; nothing unknown passes), calls it, and
 * cuts what it returns to the contract.
 * @throws AppError of any code
 */
export function createApiHandler(router: Router): ApiHandler {
  const names = new WeakMap<ApiContext, string>()
  const caught = new WeakMap<ApiContext, Caught>()
  const handler = new StandardOpenAPIHandler<ApiContext>(router, {
    plugins: [new SmartCoercionPlugin({ schemaConverters: [new ZodToJsonSchemaConverter()] })],
    clientInterceptors: [
      (call) => {
        if (call.path.join('.') !== names.get(call.context)) throw new AppError('not_found')
        return call.next()
      },
    ],
    // Inside the library's own mapping of errors, which would lose what is thrown.
    interceptors: [
      async (call) => {
        try {
          return await call.next()
        } catch (error) {
          caught.set(call.context, { error })
          throw error
        }
      },
    ],
  })

  return async ({ route, path, query, body, context, signal }) => {
    checkPlaces(route, query, body)
    names.set(context, route.name)
    const url = new URL(path, 'http://api')
    url.search = query.toString()
    const request = { method: route.method, url, headers: {}, signal, body: () => Promise.resolve(body) }
    const { response } = await handler.handle(request, { context })
    const failure = caught.get(context)
    if (failure !== undefined) throw toAppError(failure.error)
    if (response === undefined) throw new AppError('not_found')
    return { status: context.reply.status ?? response.status, body: response.body }
  }
}

/** Each field has one place: the address, or the query of a GET, or else the body. The library would pick one silently. */
function checkPlaces({ method, params }: Route, query: URLSearchParams, body: Record<string, unknown>): void {
  const queryKeys = [...new Set(query.keys())]
  const misplaced = (method === 'GET' ? queryKeys : Object.keys(body)).filter((key) => params.includes(key))
  const unknown = method === 'GET' ? [] : queryKeys
  if (misplaced.length + unknown.length === 0) return
  const fields = [
    ...misplaced.map((key) => [key, 'is given in the address'] as const),
    ...unknown.map((key) => [key, 'is not a known field of the query'] as const),
  ]
  throw new AppError('invalid', {
    fields: Object.fromEntries(fields.slice(0, 20).map(([k, v]) => [k.slice(0, 80), v])),
  })
}
