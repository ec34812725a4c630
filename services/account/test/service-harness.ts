import { createSecretKey } from 'node:crypto'
import { AppError, accountContract, Handle, type LogEvent, type SessionTokens, type Me } from '@skein/contracts'
import { createSqliteEventLog } from '@skein/event-log'
import {
  createEndedSessions,
  createRpcClient,
  createServiceHandler,
  createServiceTokens,
  createTokenVerifier,
  inProcessLink,
  openSqlite,
  type CallContext,
  type Caller,
  type RpcClient,
  type TokenVerifier,
} from '@skein/platform'
import { fakeClock, seededRandom, silentLogger, type FakeClock } from '@skein/platform/testing'
import { tempFolder } from '@skein/platform/testing/sqlite'
import {
  accountDefaults,
  createAccountService,
  createPasswordHasher,
  type AccountConfig,
  type PasswordHasher,
} from '../src/index.js'
import { createSqliteAccountStore } from '../src/sqlite.js'
import type { AccountStore } from '../src/store/account-store.js'

export type AccountClient = RpcClient<typeof accountContract>
export type Signed = { readonly me: Me; readonly tokens: SessionTokens }
export const goodPassword = 'a long walk home'

/** A clock that can also pass over days at once, whose timers then come late. */
export interface LeapingClock extends FakeClock {
  leap(ms: number): void
}

function leapingClock(): LeapingClock {
  const clock = fakeClock()
  let leaptMs = 0
  return {
    now: () => clock.now() + leaptMs,
    leap: (ms) => void (leaptMs += ms),
    after: (ms, fn) => clock.after(ms, fn),
    every: (ms, fn) => clock.every(ms, fn),
    advance: (ms) => clock.advance(ms),
    run: (ms) => clock.run(ms),
    get pending() {
      return clock.pending
    },
  }
}

/** The account service of a file, called through the in-process transport, by a clock that stands still. */
export interface TestService extends AsyncDisposable {
  readonly clock: LeapingClock
  readonly store: AccountStore
  readonly verifier: TokenVerifier
  readonly events: LogEvent[]
  /** How many hashes were computed or compared. */
  readonly hashes: () => number
  client(caller?: Caller): AccountClient
  /** What a person, or nobody, says with a call. */
  as(signed?: Signed): { context: CallContext }
  signUp(handle: string): Promise<Signed>
}

export interface TestOptions {
  readonly file?: string
  readonly clock?: LeapingClock
  readonly config?: Partial<AccountConfig>
  readonly hasher?: PasswordHasher
  readonly seed?: number
}

/** The cheapest argon2id there is. */
export const fastPasswords = { memoryKiB: 8, passes: 1, lanes: 1, concurrency: 2, maxQueued: 100 }

export async function openService(options: TestOptions = {}): Promise<TestService> {
  const { clock = leapingClock(), hasher = createPasswordHasher(fastPasswords) } = options
  const folder = await tempFolder()
  const db = await openSqlite({ file: options.file ?? folder.path('accounts.db'), maxQueued: 10_000 })
  const log = await createSqliteEventLog({ db, lanes: 1, maxEntries: 100_000, clock: fakeClock() })
  const store = await createSqliteAccountStore({ db, append: log.appendIn })
  const counted = countHashes(hasher)
  const config = { ...accountDefaults, ...options.config }
  const random = seededRandom(options.seed ?? 1)
  const service = createAccountService(config, { store, clock, random, log: silentLogger, hasher: counted.hasher })
  await service.start()
  const ended = createEndedSessions({ clock })
  const events: LogEvent[] = []
  const tail = await log.tail({
    from: await log.floors(),
    onMessage: (message) => {
      if (message.kind !== 'entries') return
      for (const { event } of message.entries) {
        events.push(event)
        if (event.kind === 'session') ended.end(event.sessionId, event.untilMs)
      }
    },
  })
  const { issuer, audience } = config
  const isEnded = (id: string): boolean => ended.has(id)
  const verifier = createTokenVerifier({ keys: () => service.jwks(), issuer, audience, clock, isEnded })
  const tokens = (caller: Caller) =>
    createServiceTokens({ secret: createSecretKey(Buffer.alloc(32, 7)), caller, clock })
  const handler = createServiceHandler(service.router, {
    service: 'account',
    serviceTokens: tokens('account'),
    userTokens: verifier,
    log: silentLogger,
    clock,
    ...service.access,
  })
  const link = inProcessLink(handler)
  const client = (caller: Caller = 'gateway'): AccountClient =>
    createRpcClient(accountContract, link, { service: 'account', serviceTokens: tokens(caller), clock })
  const as = (signed?: Signed): { context: CallContext } => {
    const context = { requestId: 'test', deadlineAtMs: clock.now() + 5_000 }
    return { context: signed === undefined ? context : { ...context, accessToken: signed.tokens.accessToken } }
  }
  return {
    clock,
    store,
    verifier,
    events,
    hashes: counted.count,
    client,
    as,
    signUp: (handle) => {
      const input = { handle: Handle.parse(handle), name: `Name of ${handle}`, password: goodPassword, client: 'test' }
      return client().sessions.signUp(input, as())
    },
    [Symbol.asyncDispose]: async () => {
      await link.close()
      await service.close()
      await tail.close()
      await log.close()
      await db.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

export async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await work.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  if (thrown instanceof AppError) return thrown
  throw thrown
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  return (await errorOf(work)).code
}

export function handleOf(text: string): Handle {
  return Handle.parse(text)
}

function countHashes(hasher: PasswordHasher): { hasher: PasswordHasher; count: () => number } {
  let count = 0
  const counting: PasswordHasher = {
    hash: (password) => {
      count += 1
      return hasher.hash(password)
    },
    verify: (passwordHash, password) => {
      count += 1
      return hasher.verify(passwordHash, password)
    },
  }
  return { hasher: counting, count: () => count }
}
