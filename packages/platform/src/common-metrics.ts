import { errorTable, type ErrorCode } from '@skein/contracts'
import type { Metrics } from './metrics.js'
import type { ReplicaState } from './rpc/replica.js'
import type { ServedCall, ServiceHandler } from './rpc/service-handler.js'

/** From half a millisecond to ten seconds. */
export const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const

/** A constant 1 that carries the versions. */
export function declareBuildInfo(metrics: Metrics, version: string): void {
  const labels = { version: [version], node: [process.versions.node] }
  metrics
    .gauge({ name: 'build_info', help: 'Always 1: the running version.', labels })
    .set({ version, node: process.versions.node }, 1)
}

const outcomes = ['ok', 'refused', 'failed', 'deadline'] as const
type Outcome = (typeof outcomes)[number]

/** refused: by what was asked. failed: by us, or by what we stand on. */
function outcomeOf(code: ErrorCode | 'ok'): Outcome {
  if (code === 'ok' || code === 'deadline') return code
  return errorTable[code].status < 500 ? 'refused' : 'failed'
}

export interface RpcMetrics {
  /** For `createServiceHandler`. */
  readonly onCall: (call: ServedCall) => void
}

/** What a service answers. Declared once a registry: with every service the process holds. */
export function declareRpcMetrics(
  metrics: Metrics,
  services: Readonly<Record<string, Pick<ServiceHandler, 'methods'> | readonly string[]>>,
): (service: string) => RpcMetrics {
  const methods = Object.entries(services).flatMap(([service, of]) => {
    const names = 'methods' in of ? of.methods : of
    return [...names, 'unknown'].map((name) => `${service}.${name}`)
  })
  const served = metrics.counter({
    name: 'rpc_served_total',
    help: 'Calls answered, by method and outcome.',
    labels: { method: methods, outcome: outcomes },
  })
  const seconds = metrics.histogram({
    name: 'rpc_served_seconds',
    help: 'How long calls took to answer.',
    labels: { method: methods },
    buckets: latencyBuckets,
  })
  return (service) => ({
    onCall({ method, code, durationMs }) {
      const name = `${service}.${method}`
      served.add({ method: name, outcome: outcomeOf(code) })
      seconds.observe({ method: name }, durationMs / 1000)
    },
  })
}

/** How many replicas of each service this process leaves out now. Returns what `httpLink` takes as `onState`, by service. */
export function declareReplicaMetrics(
  metrics: Metrics,
  services: readonly string[],
): (service: string) => (address: string, state: ReplicaState) => void {
  const ejected = metrics.gauge({
    name: 'rpc_replicas_ejected',
    help: 'Replicas that do not answer and are left out.',
    labels: { service: services },
  })
  return (service) => {
    const out = new Set<string>()
    return (address, state) => {
      if (state === 'closed') out.delete(address)
      else out.add(address)
      ejected.set({ service }, out.size)
    }
  }
}

export interface HttpMetrics {
  /** `route` as declared, never a raw path. */
  observe(request: { readonly route: string; readonly status: number; readonly durationMs: number }): void
}

const statusClasses = ['2xx', '3xx', '4xx', '5xx'] as const

/** What an HTTP API answers. `unknown` is added to the routes: what is not declared counts as it. */
export function declareHttpMetrics(metrics: Metrics, routes: readonly string[]): HttpMetrics {
  const known = [...new Set([...routes, 'unknown'])]
  const set = new Set(known)
  const total = metrics.counter({
    name: 'http_requests_total',
    help: 'Requests answered, by route and class of status.',
    labels: { route: known, status: statusClasses },
  })
  const seconds = metrics.histogram({
    name: 'http_request_seconds',
    help: 'How long requests took to answer.',
    labels: { route: known },
    buckets: latencyBuckets,
  })
  return {
    observe({ route, status, durationMs }) {
      const name = set.has(route) ? route : 'unknown'
      const found = statusClasses.find((of) => of.startsWith(String(Math.floor(status / 100)))) ?? '5xx'
      total.add({ route: name, status: found })
      seconds.observe({ route: name }, durationMs / 1000)
    },
  }
}

export interface DatabaseMetrics {
  observe(operation: { readonly kind: 'read' | 'write'; readonly durationMs: number; readonly isOk: boolean }): void
}

/** What the databases answer. */
export function declareDatabaseMetrics(
  metrics: Metrics,
  databases: readonly string[],
): (database: string) => DatabaseMetrics {
  const labels = { database: databases, kind: ['read', 'write'] } as const
  const seconds = metrics.histogram({
    name: 'db_seconds',
    help: 'How long the database took; a write includes its commit.',
    labels,
    buckets: latencyBuckets,
  })
  const failed = metrics.counter({ name: 'db_failed_total', help: 'Operations the database refused.', labels })
  return (database) => ({
    observe({ kind, durationMs, isOk }) {
      seconds.observe({ database, kind }, durationMs / 1000)
      if (!isOk) failed.add({ database, kind })
    },
  })
}
