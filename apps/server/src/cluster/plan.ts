import type { MongoProgram } from '@skein/platform/mongo'
import type { ServerConfig } from '../config.js'
import type { PartRole } from './roles.js'

/** How many processes of each role. */
export type Replicas = Readonly<Record<PartRole, number>>

/** Another program in place of redis-server or mongod; it listens on `port` and keeps its data in `dir`. */
export type EngineProgram = Pick<MongoProgram, 'command' | 'argsFor'>

export interface ClusterPlan {
  /** Made when absent. Holds the data of Redis and MongoDB, a log file a part, and the list of what runs. */
  readonly dataDir: string
  /** How a Skein process is run: settings come to it as variables, never as arguments. */
  readonly skein: { readonly command: string; readonly args: readonly string[] }
  /** Of people; 8080 when absent, 0 takes a free one. All other ports are free ones. */
  readonly port?: number
  /** Two of each when absent. */
  readonly replicas?: Partial<Replicas>
  /** Settings of Skein processes: of all, then of a role, then of a part by its name; the later wins. */
  readonly settings?: Readonly<Record<string, Partial<ServerConfig>>>
  /** By the name of a Skein part: a command that runs it in its own place, such as `env NAME=VALUE`. */
  readonly wrap?: Readonly<Record<string, { readonly command: string; readonly args: readonly string[] }>>
  /** What Skein processes inherit; this process's own environment when absent. */
  readonly env?: NodeJS.ProcessEnv
  /** `no` when absent: Redis starts empty, as after a crash. */
  readonly aof?: 'no' | 'everysec' | 'always'
  /** Whether a part that ended by itself is started again, after a pause that grows to 10 s. true when absent. */
  readonly restart?: boolean
  /** true when absent. false: a TCP balancer inside this process stands in, and `haproxy` is no part. */
  readonly haproxy?: boolean
  /** How long a part may take until it is ready: 60 s when absent. */
  readonly readyTimeoutMs?: number
  /** How long a part may take to end when told to: 20 s when absent; then it is killed. */
  readonly stopTimeoutMs?: number
  readonly programs?: { readonly redis?: EngineProgram; readonly mongo?: EngineProgram; readonly haproxy?: string }
  /** Ends a start that is under way; what runs is closed first. */
  readonly signal?: AbortSignal
  /** Called after every change of a part's state or connections. */
  readonly onChange?: () => void
}

/**
 * `waiting`: ended by itself, is started again after a pause. `unready`: runs and says it is not ready. `paused`: holds its
 * connections and answers nothing.
 */
export type PartState = 'stopped' | 'starting' | 'ready' | 'unready' | 'paused' | 'waiting'

export interface Part {
  /** `redis`, `mongo`, `haproxy`, `gateway-1`, `account-2`, ... */
  readonly name: string
  readonly state: PartState
  /** 0 when it does not run. */
  readonly pid: number
  readonly port: number
  /** Of health and metrics; 0 for what has none. */
  readonly opsPort: number
  /** How often it was started again by itself. */
  readonly restarts: number
  /** Open sockets, for gateways; null where nothing is counted. */
  readonly connections: number | null
}

/** What can be done to one part. @throws Error naming the parts, when there is none of this name */
export interface PartControl {
  /**
   * SIGKILL when no signal is given: resolves when the process is gone; any other: when it was sent. It comes back by
   * itself where the plan says restart.
   */
  kill(name: string, signal?: NodeJS.Signals): Promise<void>
  /** Resolves when it is ready; at once when it runs. @throws Error with the end of its log when it ended instead */
  start(name: string): Promise<void>
  /** SIGTERM, and SIGKILL when that takes too long. Resolves when it is gone; it stays away until `start`. */
  stop(name: string): Promise<void>
  /** SIGSTOP. */
  pause(name: string): Promise<void>
  /** SIGCONT. */
  resume(name: string): Promise<void>
}

/** The replicated system as processes of this machine. */
export interface Cluster extends PartControl {
  /** Of people: the balancer's. */
  readonly url: string
  /** Which MongoDB it is. */
  readonly mongoKind: string
  /** Parts of an earlier run that still ran and were ended. */
  readonly leftovers: readonly string[]
  parts(): Part[]
  /** Gateways first (they drain), then the balancer, services, Redis and MongoDB. Leaves no process. Idempotent. */
  close(): Promise<void>
}
