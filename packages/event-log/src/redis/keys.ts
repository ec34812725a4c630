/*
 * What the log keeps in Redis. Every key of a lane holds the lane's hash tag, so that one script sees them all and lanes
 * spread over a Redis Cluster. The entries of a lane are a stream whose ids are `<seq>-0`; fields `id` (of the event) and
 * `event` (JSON).
 */

export interface LaneKeys {
  /** Hash: `epoch`, `head`, `floor`, `run_id` of the server in which the epoch was opened, `lanes` of the installation. */
  readonly meta: string
  /** Stream of the kept entries. */
  readonly stream: string
  /** Hash: event id -> seq, of the kept entries. */
  readonly ids: string
  /** Channel: what was appended, and heartbeats. */
  readonly channel: string
}

export function laneKeys(prefix: string, lane: number): LaneKeys {
  const base = `${prefix}:{log${lane}}`
  return { meta: `${base}:meta`, stream: `${base}:stream`, ids: `${base}:ids`, channel: `${base}:live` }
}

/** The channel of recounted numbers: unreplayed, may be lost. */
export const statsChannel = (prefix: string): string => `${prefix}:stats`

/** The channel of trends that one replica read for all: unreplayed, may be lost. */
export const trendsChannel = (prefix: string): string => `${prefix}:trends`
