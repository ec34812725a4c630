import { systemClock, type Clock } from './clock.js'
import { createTimedSignal, orAborted } from './timed-signal.js'

export interface HealthCheck {
  /**
   * Whether its failure makes this process not ready. A shared dependency that is away must not: every replica would leave
   * the balancer at once.
   */
  readonly affectsReady: boolean
  /** Resolves, to a word for the operator if it likes. @throws when unwell */
  readonly check: (signal: AbortSignal) => Promise<string | undefined> | string | undefined
}

export interface CheckResult {
  readonly name: string
  readonly isOk: boolean
  readonly affectsReady: boolean
  readonly detail: string | undefined
}

export interface HealthReport {
  readonly isReady: boolean
  readonly checks: readonly CheckResult[]
}

export interface Health {
  /** @throws Error when the name is taken */
  add(name: string, check: HealthCheck): void
  /** Before this the process is not ready. */
  markStarted(): void
  /** From here on the process is not ready, and does not come back. */
  markDraining(): void
  /** Runs every check, together, each for at most a second. Never rejects. */
  report(): Promise<HealthReport>
}

export interface HealthOptions {
  readonly clock?: Clock
  readonly checkTimeoutMs?: number
}

export function createHealth({ clock = systemClock, checkTimeoutMs = 1_000 }: HealthOptions = {}): Health {
  const checks = new Map<string, HealthCheck>()
  let state: 'starting' | 'started' | 'draining' = 'starting'

  async function run(name: string, { affectsReady, check }: HealthCheck): Promise<CheckResult> {
    const onTimeout = (): Error => new Error(`no answer in ${checkTimeoutMs} ms`)
    const timed = createTimedSignal({ clock, timeoutMs: checkTimeoutMs, onTimeout })
    try {
      const detail = await orAborted((async () => check(timed.signal))(), timed.signal)
      return { name, isOk: true, affectsReady, detail }
    } catch (thrown) {
      return { name, isOk: false, affectsReady, detail: thrown instanceof Error ? thrown.message : String(thrown) }
    } finally {
      timed.end()
    }
  }

  return {
    add(name, check) {
      if (checks.has(name)) throw new Error(`a health check named ${name} exists`)
      checks.set(name, check)
    },
    markStarted() {
      if (state === 'starting') state = 'started'
    },
    markDraining() {
      state = 'draining'
    },
    async report() {
      const own: CheckResult = { name: 'process', isOk: state === 'started', affectsReady: true, detail: state }
      const results = [own, ...(await Promise.all([...checks].map(([name, check]) => run(name, check))))]
      return { isReady: results.every(({ isOk, affectsReady }) => isOk || !affectsReady), checks: results }
    },
  }
}
