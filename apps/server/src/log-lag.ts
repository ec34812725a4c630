import type { Position } from '@skein/contracts'
import type { EventLog } from '@skein/event-log'
import type { Gateway } from '@skein/gateway'
import type { Metrics } from '@skein/platform'

const lookEveryMs = 5_000

/** Shows how far this gateway is behind the log. @returns what ends looking */
export function watchLogLag(metrics: Metrics, events: Pick<EventLog, 'heads'>, gateway: Gateway): () => void {
  const lag = metrics.gauge({
    name: 'log_lag_events',
    help: 'Events of the log that this gateway has not handled yet.',
  })
  const look = async (): Promise<void> => {
    const heads = await events.heads()
    lag.set(lagOf(heads, gateway.live.positions() ?? []))
  }
  // While the log is away the last figure stands; that it is away is told by health.
  const timer = setInterval(() => void look().catch(() => undefined), lookEveryMs)
  return () => clearInterval(timer)
}

/** A lane in another epoch is behind by all that the log holds of the new one. */
export function lagOf(heads: readonly Position[], handled: readonly Position[]): number {
  return heads.reduce((sum, { epoch, seq }, lane) => {
    const at = handled[lane]
    return sum + Math.max(0, at?.epoch === epoch ? seq - at.seq : seq)
  }, 0)
}
