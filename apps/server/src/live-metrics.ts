import type { CloseReason, Feed } from '@skein/contracts'
import type { LiveMetrics } from '@skein/gateway'
import type { Metrics } from '@skein/platform'

const feeds = ['home', 'notifications', 'public', 'user', 'tag', 'thread'] as const satisfies readonly Feed['kind'][]
const closers = [
  'draining',
  'slow',
  'capacity',
  'rate',
  'token_expired',
  'session_ended',
  'protocol',
  'client',
] as const satisfies readonly (CloseReason | 'client')[]
const durationBuckets = [0.1, 1, 10, 60, 300, 1_800, 7_200, 28_800]
const deliveryBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What operators watch of the live side, on the registry of the process. */
export function declareLiveMetrics(metrics: Metrics, now: () => number): LiveMetrics {
  const connections = metrics.gauge({ name: 'ws_connections', help: 'Open sockets.' })
  const users = metrics.gauge({ name: 'ws_users', help: 'People with an open socket that subscribed.' })
  const subscriptions = metrics.gauge({
    name: 'ws_subscriptions',
    help: 'Subscriptions by kind of feed.',
    labels: { feed: feeds },
  })
  const opened = metrics.counter({ name: 'ws_connections_opened_total', help: 'Sockets opened.' })
  const closed = metrics.counter({
    name: 'ws_connections_closed_total',
    help: 'Sockets closed, by reason.',
    labels: { reason: closers },
  })
  const openFor = metrics.histogram({
    name: 'ws_connection_duration_seconds',
    help: 'How long sockets were open.',
    buckets: durationBuckets,
  })
  const refused = metrics.counter({
    name: 'ws_handshake_failures_total',
    help: 'Handshakes refused, by reason.',
    labels: { reason: ['auth', 'origin', 'rate', 'capacity', 'protocol'] },
  })
  const received = metrics.counter({
    name: 'ws_messages_received_total',
    help: 'Calls received, by event.',
    labels: { event: ['subscribe', 'unsubscribe', 'refresh', 'other'] },
  })
  const sent = metrics.counter({ name: 'ws_messages_sent_total', help: 'Messages sent to sockets.' })
  const bytes = metrics.counter({ name: 'ws_sent_bytes_total', help: 'Bytes of frames sent to sockets.' })
  const latency = metrics.histogram({
    name: 'delivery_latency_seconds',
    help: 'From a change accepted to its message handed to the sockets.',
    buckets: deliveryBuckets,
  })
  const replays = metrics.counter({
    name: 'replays_total',
    help: 'Subscriptions that came with a cursor, by outcome.',
    labels: { result: ['recovered', 'expired', 'epoch'] },
  })
  const replayed = metrics.histogram({
    name: 'replay_messages',
    help: 'Messages a recovered subscription had missed.',
    buckets: [0, 1, 2, 5, 10, 50, 100, 1_000, 10_000],
  })
  const paused = metrics.gauge({
    name: 'ws_paused_sockets',
    help: 'Sockets that read too slowly and wait at their position.',
  })

  return {
    opened() {
      connections.add()
      opened.add()
    },
    closed(reason, openForMs) {
      connections.add(-1)
      closed.add({ reason })
      openFor.observe(openForMs / 1_000)
    },
    refused: (reason) => refused.add({ reason }),
    subscribed: (feed, by) => subscriptions.add({ feed }, by),
    users: (count) => users.set(count),
    received: (event) => received.add({ event }),
    sent(size, messages) {
      sent.add(messages)
      bytes.add(size)
    },
    delivered: (acceptedAtMs) => latency.observe(Math.max(0, now() - acceptedAtMs) / 1_000),
    replayed(result, messages) {
      replays.add({ result })
      if (result === 'recovered') replayed.observe(messages)
    },
    paused: (by) => paused.add(by),
  }
}
