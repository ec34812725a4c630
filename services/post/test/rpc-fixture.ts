import { createSecretKey } from 'node:crypto'
import { AppError, postContract, SessionId, UserId, type Handle, type StatsMessage } from '@skein/contracts'
import {
  createRpcClient,
  createServiceHandler,
  createServiceTokens,
  inProcessLink,
  silentLogger,
  type Actor,
  type LogFields,
  type Logger,
} from '@skein/platform'
import { fakeClock } from '@skein/platform/testing'
import { createPostService, type AccountPort } from '../src/index.js'
import { cardOf, everyone, startMs, userId } from './people.js'
import { createSqlitePostEngine } from './post-engine.js'

/** What the account service would know; every question is noted. */
class FakeAccounts implements AccountPort {
  readonly asked: string[] = []
  readonly blocks: [UserId, UserId][] = []
  fail: AppError | undefined

  readonly users: AccountPort['users'] = {
    byHandles: async ({ handles }, { context }) => {
      this.#note(`byHandles ${handles.join(' ')} ${context.accessToken ?? 'nobody'}`)
      return { items: everyone.filter((card) => handles.includes(card.handle)) }
    },
  }

  readonly edges: AccountPort['edges'] = {
    viewers: async ({ userIds }) => {
      this.#note(`viewers ${userIds.map((id) => everyone.find((card) => card.id === id)?.handle).join(' ')}`)
      return { items: userIds.map((id) => this.#viewerOf(UserId.parse(id))) }
    },
  }

  #note(question: string): void {
    this.asked.push(question)
    if (this.fail !== undefined) throw this.fail
  }

  #viewerOf(userId: UserId) {
    const edge = (id: UserId) => ({ id, rev: 1 })
    return {
      userId,
      follows: [],
      mutes: [],
      blocking: this.blocks.filter(([from]) => from === userId).map(([, to]) => edge(to)),
      blockedBy: this.blocks.filter(([, to]) => to === userId).map(([from]) => edge(from)),
    }
  }
}

function actorOf(n: number): Actor {
  const { id, handle }: { id: UserId; handle: Handle } = cardOf(n)
  return { userId: id, handle, sessionId: SessionId.parse(userId(n)), role: 'user' }
}

/** The whole service over a SQLite file, called through its codec. The token of person n is `n`. */
export async function createRpcFixture(config: { maxGraphemes?: number } = {}) {
  const engine = await createSqlitePostEngine()
  const clock = fakeClock(startMs)
  const accounts = new FakeAccounts()
  const stats: StatsMessage[] = []
  const logged: { fields: LogFields; message: string }[] = []
  const log: Logger = { ...silentLogger, warn: (fields, message) => void logged.push({ fields, message }) }
  const service = createPostService(config, {
    store: engine.store,
    account: accounts,
    clock,
    log,
    onStats: (message) => void stats.push(message),
  })
  const serviceTokens = createServiceTokens({ secret: createSecretKey(Buffer.alloc(32, 7)), caller: 'gateway', clock })
  const handler = createServiceHandler(service.router, {
    ...service.access,
    service: 'post',
    serviceTokens,
    userTokens: { verify: async (token) => ({ actor: actorOf(Number(token)) }) },
    log: silentLogger,
    clock,
  })
  const client = createRpcClient(postContract, inProcessLink(handler), { service: 'post', serviceTokens, clock })
  const as = (person: number | null) => ({
    context: {
      requestId: 'request-1',
      deadlineAtMs: clock.now() + 10_000,
      ...(person === null ? {} : { accessToken: String(person) }),
    },
  })
  return {
    engine,
    clock,
    accounts,
    stats,
    logged,
    service,
    client,
    as,
    [Symbol.asyncDispose]: async () => {
      await service.close()
      await engine[Symbol.asyncDispose]()
    },
  }
}

/** The code a call fails with, and the fields it names. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
  const thrown: unknown = await call.then(
    () => 'nothing',
    (error: unknown) => error,
  )
  if (!(thrown instanceof AppError)) return String(thrown)
  return [thrown.code, ...Object.keys(thrown.fields ?? {})].join(' ')
}
