import type { z } from 'zod'
import type { Ground } from './ground.js'

/*
 * Messages over Redis pub/sub that may be lost: what the next one says makes good for the one before.
 */

export function tell({ redis, log }: Ground, channel: string, message: unknown): void {
  redis
    .publish(channel, JSON.stringify(message))
    .catch((err: unknown) => log.debug({ err, channel }, 'a message that may be lost was lost'))
}

/** Resolves once subscribed; while Redis is away it waits, and subscribes again by itself. */
export async function hear<T>(
  { subscriber, log }: Ground,
  channel: string,
  schema: z.ZodType<T>,
  onMessage: (message: T) => void,
): Promise<void> {
  subscriber.on('message', (from: string, text: string) => {
    if (from !== channel) return
    const message = schema.safeParse(parsed(text))
    if (message.success) onMessage(message.data)
    else log.warn({ channel }, 'a message is not what its channel carries')
  })
  await subscriber.subscribe(channel)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
