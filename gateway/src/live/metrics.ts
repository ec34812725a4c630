import type { CloseReason, Feed } from '@skein/contracts'

/** What the live side counts; all label sets are closed. */
export interface LiveMetrics {
  opened(): void
  /** `client`: the other side left. */
  closed(reason: CloseReason | 'client', openForMs: number): void
  refused(reason: 'auth' | 'origin' | 'rate' | 'capacity' | 'protocol'): void
  subscribed(kind: Feed['kind'], by: 1 | -1): void
  users(count: number): void
  received(event: 'subscribe' | 'unsubscribe' | 'refresh' | 'other'): void
  sent(bytes: number, messages: number): void
  /** An entry accepted at `acceptedAtMs` was handed to the sockets that get it, one at least. */
  delivered(acceptedAtMs: number): void
  replayed(result: 'recovered' | 'expired' | 'epoch', messages: number): void
  paused(by: 1 | -1): void
}
