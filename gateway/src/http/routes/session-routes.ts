import { AppError, type SessionId, type UserId } from '@skein/contracts'
import type { Logger } from '@skein/platform'
import { actorOf, api, passing, type Services } from '../api-context.js'

export type SessionEnded = (userId: UserId, sessionId: SessionId) => void

const userAgentMaxChars = 200

/** Sign-up, sign-in and sessions: the account service's own methods, with the browser's name beside. */
export function sessionRoutes(
  { account, onSessionEnded, log }: Services & { readonly onSessionEnded?: SessionEnded; readonly log: Logger },
  { signUpOpen }: { signUpOpen: boolean },
) {
  const { accounts, sessions } = api
  return {
    accounts: accounts.router({
      create: accounts.create.handler(({ input, ...call }) => {
        if (!signUpOpen) throw new AppError('forbidden', { message: 'This server takes no new people by itself.' })
        return account.sessions.signUp({ ...input, client: clientOf(call.context.userAgent) }, passing(call))
      }),
    }),
    sessions: sessions.router({
      create: sessions.create.handler(({ input, ...call }) =>
        account.sessions.signIn({ ...input, client: clientOf(call.context.userAgent) }, passing(call)),
      ),
      refresh: sessions.refresh.handler(({ input, ...call }) => account.sessions.refresh(input, passing(call))),
      list: sessions.list.handler(({ input, ...call }) => account.sessions.list(input, passing(call))),
      endAll: sessions.endAll.handler(({ input, ...call }) => account.sessions.endAll(input, passing(call))),
      end: sessions.end.handler(async ({ input, ...call }) => {
        const { userId, sessionId } = actorOf(call.context)
        const done = await account.sessions.end(input, passing(call))
        try {
          onSessionEnded?.(userId, input.id === 'current' ? sessionId : input.id)
        } catch (error) {
          log.warn({ requestId: call.context.call.requestId, error }, 'the other gateways were not told of a sign-out')
        }
        return done
      }),
    }),
  }
}

function clientOf(userAgent: string): string {
  return userAgent.slice(0, userAgentMaxChars)
}
