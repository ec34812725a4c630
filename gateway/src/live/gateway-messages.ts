import { EntryId, SessionId, UserId } from '@skein/contracts'
import type { Logger } from '@skein/platform'
import type { Server } from 'socket.io'
import { z } from 'zod'

/*
 * What gateways tell each other over the Socket.IO adapter: one message, which each of them acts on for its own sockets.
 * Not broadcasts to rooms: those the adapter writes past LiveSocket, outside the frame of the turn and unseen by the
 * pause of a slow reader. All of it may be lost; what must not be is in the log.
 */
export const GatewayMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session-ended'), userId: UserId, sessionId: SessionId, untilMs: z.int() }),
  z.object({ type: z.literal('read'), userId: UserId, upTo: EntryId }),
  z.object({ type: z.literal('notice'), text: z.string().max(2_000) }),
])
export type GatewayMessage = z.infer<typeof GatewayMessage>

const event = 'gateway'

/** Sends to every other gateway, not to this one. Never throws: a message that cannot go is lost. Cost: one publish. */
export type TellGateways = (message: GatewayMessage) => void

/** `act` does what a message of another gateway says. What it throws is logged: the adapter catches nothing. */
export function joinGateways(io: Server, log: Logger, act: (message: GatewayMessage) => void): TellGateways {
  io.on(event, (message: unknown) => {
    const parsed = GatewayMessage.safeParse(message)
    if (!parsed.success) return log.warn({}, 'a message of another gateway is not one that this version knows')
    try {
      act(parsed.data)
    } catch (err) {
      log.error({ err }, 'a message of another gateway could not be acted on')
    }
  })
  return (message) => {
    try {
      io.serverSideEmit(event, message)
    } catch (err) {
      log.warn({ err }, 'the other gateways could not be told')
    }
  }
}
