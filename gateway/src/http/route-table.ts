import { traverseContractProcedures } from '@orpc/server'
import type { AnyContractRouter } from '@orpc/contract'

/** One method of the public API. */
export interface Route {
  /** As in the contract: `posts.like.on`. */
  readonly name: string
  readonly method: string
  /** `/posts/{id}/like` */
  readonly template: string
  readonly params: readonly string[]
}

export type Found =
  | { readonly kind: 'route'; readonly route: Route }
  /** The path is known, the method is not one of its. */
  | { readonly kind: 'method'; readonly template: string; readonly allow: readonly string[] }
  | { readonly kind: 'none' }

export interface RouteTable {
  readonly routes: readonly Route[]
  /** `path` begins with a slash and is still percent-encoded. HEAD finds what GET finds. Costs microseconds. */
  find(method: string, path: string): Found
}

type Entry = { readonly route: Route; readonly segments: readonly string[] }

/** Every route of a contract. Where two templates fit a path, the one with fewer parameters wins. */
export function createRouteTable(contract: AnyContractRouter): RouteTable {
  const routes = listRoutes(contract)
  const bySize = new Map<number, Entry[]>()
  for (const route of routes.toSorted((a, b) => a.params.length - b.params.length)) {
    const segments = route.template.split('/')
    bySize.set(segments.length, [...(bySize.get(segments.length) ?? []), { route, segments }])
  }
  return {
    routes,
    find(method, path) {
      const segments = path.replace(/\/$/, '').split('/')
      const fitting = (bySize.get(segments.length) ?? []).filter((entry) => fits(entry.segments, segments))
      const wanted = method === 'HEAD' ? 'GET' : method
      const entry = fitting.find(({ route }) => route.method === wanted)
      if (entry !== undefined) return { kind: 'route', route: entry.route }
      const [first] = fitting
      if (first === undefined) return { kind: 'none' }
      return {
        kind: 'method',
        template: first.route.template,
        allow: allowOf(fitting.map(({ route }) => route.method)),
      }
    },
  }
}

function listRoutes(contract: AnyContractRouter): Route[] {
  const routes: Route[] = []
  traverseContractProcedures({ router: contract, path: [] }, ({ contract: { '~orpc': definition }, path }) => {
    const { method = 'POST', path: template = `/${path.join('/')}` } = definition.route
    const params = Array.from(template.matchAll(/\{(\w+)\}/g), (match) => match[1] ?? '')
    routes.push({ name: path.join('.'), method, template, params })
  })
  return routes
}

function fits(template: readonly string[], segments: readonly string[]): boolean {
  return template.every((part, at) => (part.startsWith('{') ? segments[at] !== '' : segments[at] === part))
}

function allowOf(methods: readonly string[]): string[] {
  const heads = methods.includes('GET') ? ['HEAD'] : []
  return [...new Set([...methods, ...heads, 'OPTIONS'])].toSorted()
}
