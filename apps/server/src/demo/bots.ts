import type { PostId } from '@skein/contracts'
import { systemClock, systemRandom, type Cancel } from '@skein/platform'
import type { Clients, Core } from '../embedded.js'
import { demoBots } from './people.js'
import { replyWords, wordsOf } from './words.js'

export interface Bots {
  stop(): void
}

type Session = { accessToken: string; accessExpiresAtMs: number; refreshToken: string }

const callMs = 10_000
const refreshBeforeMs = 60_000
const shortestPauseMs = 2_000
const longestPauseMs = 6_000

/** People of the demo who write every few seconds, through the same calls as anyone. */
export async function startBots(core: Core): Promise<Bots> {
  const cli = core.clientsFor('cli')
  const gateway = core.clientsFor('gateway')
  const sessions = new Map<string, Session>()
  for (const handle of demoBots)
    sessions.set(handle, await cli.account.operator.createToken({ handle, client: 'demo bot' }, callAs()))
  let cancel: Cancel = () => {}
  let stopped = false
  let last: PostId | undefined

  async function act(): Promise<void> {
    const handle = demoBots[Math.floor(systemRandom.next() * demoBots.length)] ?? 'clock'
    const token = await freshToken(gateway, sessions, handle)
    const what = systemRandom.next()
    if (last !== undefined && what < 0.15) await gateway.post.posts.like({ id: last, on: true }, callAs(token))
    else if (last !== undefined && what < 0.22) await gateway.post.posts.repost({ id: last, on: true }, callAs(token))
    else if (last !== undefined && what < 0.34)
      await gateway.post.posts.create({ text: replyWords(() => systemRandom.next()), replyTo: last }, callAs(token))
    else
      last = (await gateway.post.posts.create({ text: wordsOf(handle, () => systemRandom.next()) }, callAs(token))).post
        .id
  }

  function next(): void {
    if (stopped) return
    const pauseMs = shortestPauseMs + systemRandom.next() * (longestPauseMs - shortestPauseMs)
    cancel = systemClock.after(pauseMs, () => {
      act()
        .catch((err: unknown) => core.log.debug({ err }, 'a demo bot could not write'))
        .finally(next)
    })
  }
  next()
  return {
    stop() {
      stopped = true
      cancel()
    },
  }
}

function callAs(accessToken?: string) {
  return {
    context: {
      requestId: 'demo',
      deadlineAtMs: systemClock.now() + callMs,
      ...(accessToken === undefined ? {} : { accessToken }),
    },
  }
}

async function freshToken(gateway: Clients, sessions: Map<string, Session>, handle: string): Promise<string> {
  let session = sessions.get(handle)
  if (session === undefined) throw new Error(`no session of ${handle}`)
  if (session.accessExpiresAtMs - systemClock.now() < refreshBeforeMs) {
    session = (await gateway.account.sessions.refresh({ refreshToken: session.refreshToken }, callAs())).tokens
    sessions.set(handle, session)
  }
  return session.accessToken
}
