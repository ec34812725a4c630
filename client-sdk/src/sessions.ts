import { isRecord, sessionEnded, SkeinError } from './errors.js'
import { isRefusedToken } from './http.js'
import { waitFor, type Env, type Stop } from './timing.js'
import type { Me, SessionStorage, StoredSession } from './types.js'
import type { Signed } from './wire.js'

/*
 * Who is signed in. The stored session is shared (by tabs, by processes); a refresh token is used once, so a refresh runs
 * one at a time: in this process by sharing one promise, across tabs by a lock, under which the storage is read again.
 */

export interface Sessions {
  readonly session: StoredSession | null
  readonly me: Me | null
  /** Resolves when the stored session was read. */
  ready(): Promise<void>
  /** A token thought to be good, refreshed when about to expire; null when signed out. */
  token(signal?: AbortSignal): Promise<string | null>
  /** After `refused` was refused. null: signed out now. @throws SkeinError (retryable) when the server could not be asked */
  renew(refused: string, signal?: AbortSignal): Promise<string | null>
  adopt(signed: Signed): Promise<StoredSession>
  useRefreshToken(refreshToken: string): Promise<StoredSession>
  changeMe(me: Me): Promise<void>
  /** Forgets the session. `reason` null: by the person's own wish. */
  end(reason: string | null): Promise<void>
  /** While on, the token is refreshed about a minute before it expires. */
  keepFresh(on: boolean): void
  close(): void
}

export interface SessionsDeps {
  storage: SessionStorage
  provider: ((why: 'initial' | 'expired', signal: AbortSignal) => Promise<string | null>) | undefined
  env: Env
  refresh(refreshToken: string): Promise<Signed>
  /** For a token from elsewhere: whose it is. */
  whoAmI(): Promise<Me>
  /** After every change; `reason` is set when the session was ended by someone else. */
  onChange(now: StoredSession | null, before: StoredSession | null, reason: string | null): void
  /** Another access token for the same person. */
  onToken(token: string): void
}

/** Too close to its end to be sent. */
const marginMs = 5_000
const aheadMs = 60_000

export function createSessions(deps: SessionsDeps): Sessions {
  const { storage, env } = deps
  const closing = new AbortController()
  let session: StoredSession | null = null
  let provided: { token: string; expiresAtMs: number } | null = null
  let providedMe: Me | null = null
  let refreshing: Promise<string | null> | null = null
  let fresh = false
  let unplan: Stop = () => {}
  const loaded = load()
  const unwatch = storage.watch?.(() => void reread())

  async function load(): Promise<void> {
    if (deps.provider !== undefined) return
    const stored = await storage.load()
    if (session === null && stored !== null) set(stored, null)
  }

  /** Another tab signed in, out, or refreshed. */
  async function reread(): Promise<void> {
    await loaded
    const stored = await storage.load()
    if (stored?.refreshToken === session?.refreshToken) return
    set(stored, stored === null ? 'signed_out' : null)
  }

  function set(next: StoredSession | null, reason: string | null): void {
    const before = session
    session = next
    plan()
    deps.onChange(next, before, reason)
    if (next !== null && next.accessToken !== before?.accessToken) deps.onToken(next.accessToken)
  }

  function plan(): void {
    unplan()
    const expiresAtMs = session?.accessExpiresAtMs ?? provided?.expiresAtMs
    const held = session?.accessToken ?? provided?.token
    if (!fresh || expiresAtMs === undefined || held === undefined || closing.signal.aborted) return
    const leftMs = expiresAtMs - env.now()
    const inMs = Math.max(leftMs - aheadMs * (1 + env.random() / 3), leftMs / 2, 1_000)
    unplan = env.after(inMs, () => void renew(held).catch(plan), true)
  }

  async function token(signal?: AbortSignal): Promise<string | null> {
    await waitFor(loaded, signal)
    if (deps.provider !== undefined) {
      if (provided !== null && provided.expiresAtMs - env.now() > marginMs) return provided.token
      return await renew(provided?.token ?? '', signal)
    }
    if (session === null) return null
    if (session.accessExpiresAtMs - env.now() > marginMs) return session.accessToken
    return await renew(session.accessToken, signal)
  }

  function renew(refused: string, signal?: AbortSignal): Promise<string | null> {
    const held = deps.provider === undefined ? session?.accessToken : provided?.token
    if (held !== undefined && held !== refused && refreshing === null) return Promise.resolve(held)
    refreshing ??= (deps.provider === undefined ? refreshStored(refused) : askProvider()).finally(() => {
      refreshing = null
    })
    refreshing.catch(() => {})
    return waitFor(refreshing, signal)
  }

  async function askProvider(): Promise<string | null> {
    const why = provided === null ? 'initial' : 'expired'
    const answer = (await deps.provider?.(why, closing.signal)) ?? null
    provided = answer === null ? null : { token: answer, expiresAtMs: claimsOf(answer).expiresAtMs ?? Infinity }
    plan()
    if (answer === null && why === 'expired') deps.onChange(null, null, 'session_ended')
    if (answer !== null) deps.onToken(answer)
    return answer
  }

  async function refreshStored(refused: string): Promise<string | null> {
    await loaded
    return await exclusively(storage.key, async () => {
      const stored = await storage.load()
      if (stored !== null && stored.accessToken !== refused && stored.accessExpiresAtMs - env.now() > marginMs) {
        if (stored.accessToken !== session?.accessToken) set(stored, null)
        return stored.accessToken
      }
      const spent = stored?.refreshToken ?? (storage.key === undefined ? session?.refreshToken : undefined)
      if (spent === undefined) {
        if (session !== null) set(null, 'signed_out')
        return null
      }
      return await exchange(spent)
    })
  }

  async function exchange(spent: string): Promise<string | null> {
    try {
      return (await adopt(await deps.refresh(spent))).accessToken
    } catch (error) {
      if (!isFinal(error)) throw error
      const stored = await storage.load()
      if (stored !== null && stored.refreshToken !== spent) {
        set(stored, null)
        return stored.accessToken
      }
      await end('session_ended')
      return null
    }
  }

  async function adopt(signed: Signed): Promise<StoredSession> {
    const { sessionId, accessToken, refreshToken } = signed.tokens
    const accessExpiresAtMs = signed.tokens.accessExpiresAtMs - skewOf(accessToken, env.now())
    const next: StoredSession = { me: signed.me, sessionId, accessToken, accessExpiresAtMs, refreshToken }
    await save(next)
    set(next, null)
    return next
  }

  async function save(next: StoredSession | null): Promise<void> {
    try {
      await storage.save(next)
    } catch (error) {
      throw new SkeinError('internal', 'The session could not be stored.', { retryable: false, cause: error })
    }
  }

  async function end(reason: string | null): Promise<void> {
    provided = null
    await save(null)
    if (session !== null) set(null, reason)
  }

  return {
    get session() {
      return session
    },
    get me() {
      return session?.me ?? providedMe
    },
    async ready() {
      await loaded
      if (deps.provider !== undefined && (await token()) !== null) providedMe ??= await deps.whoAmI()
    },
    token,
    renew,
    adopt,
    async useRefreshToken(refreshToken) {
      await loaded
      return await adopt(await deps.refresh(refreshToken))
    },
    async changeMe(me) {
      if (session === null) {
        providedMe = me
        return
      }
      const next = { ...session, me }
      await save(next)
      set(next, null)
    },
    end,
    keepFresh(on) {
      fresh = on
      plan()
    },
    close() {
      closing.abort(sessionEnded('this client is closed'))
      unplan()
      unwatch?.()
    },
  }
}

/** The refresh token will never work again. */
function isFinal(error: unknown): boolean {
  return isRefusedToken(error) || (error instanceof SkeinError && ['invalid', 'not_found'].includes(error.code))
}

/** Across tabs by the browser's lock manager, where there is one. */
async function exclusively<T>(key: string | undefined, run: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks
  if (key === undefined || locks === undefined) return await run()
  return (await locks.request(`${key}.refresh`, run)) as T
}

function claimsOf(token: string): { issuedAtMs?: number; expiresAtMs?: number } {
  try {
    const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const claims: unknown = JSON.parse(atob(part))
    if (!isRecord(claims)) return {}
    const { iat, exp } = claims
    return {
      ...(typeof iat === 'number' ? { issuedAtMs: iat * 1_000 } : {}),
      ...(typeof exp === 'number' ? { expiresAtMs: exp * 1_000 } : {}),
    }
  } catch {
    return {}
  }
}

/** How far the server's clock is ahead of ours, judged by a token just issued; small differences are travel time. */
function skewOf(token: string, nowMs: number): number {
  const skewMs = (claimsOf(token).issuedAtMs ?? nowMs) - nowMs
  return Math.abs(skewMs) > 30_000 ? skewMs : 0
}
