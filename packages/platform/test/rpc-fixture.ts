import { createSecretKey } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError, errorTable, Handle, isErrorCode, safe, SessionId, UserId, write } from '@skein/contracts'
import { z } from 'zod'
import {
  createRpcClient,
  createServiceHandler,
  createServiceTokens,
  implementService,
  systemClock,
  type Actor,
  type CallContext,
  type Caller,
  type Clock,
  type LogFields,
  type Logger,
  type RpcClient,
  type RpcLink,
  type RpcResponse,
  type ServedCall,
  type ServiceHandler,
  type ServiceHandlerOptions,
} from '../src/index.js'

const Seen = z.object({ text: z.string(), userId: z.string().nullable(), caller: z.string(), requestId: z.string() })

export const testContract = {
  notes: {
    get: safe
      .input(z.strictObject({ text: z.string().max(20), tags: z.array(z.string().max(3)).default([]) }))
      .output(Seen),
    add: write.input(z.strictObject({ text: z.string() })).output(z.object({ added: z.int() })),
    leaky: safe.input(z.strictObject({})).output(z.object({ shown: z.string() })),
    wrong: safe.input(z.strictObject({})).output(z.object({ shown: z.string() })),
    fail: safe.input(z.strictObject({ code: z.string() })).output(z.object({})),
    hang: safe.input(z.strictObject({})).output(z.object({})),
    slow: write.input(z.strictObject({})).output(z.object({})),
    whoever: safe.input(z.strictObject({})).output(Seen),
    batch: safe.input(z.strictObject({})).output(Seen),
    operate: safe.input(z.strictObject({})).output(Seen),
    big: safe.input(z.strictObject({ ids: z.array(z.string()) })).output(z.object({ count: z.int() })),
  },
}

export const secret = createSecretKey(Buffer.alloc(32, 7))
export const alice: Actor = {
  userId: UserId.parse('01J00000000000000000000001'),
  handle: Handle.parse('alice'),
  sessionId: SessionId.parse('01J00000000000000000000002'),
  role: 'user',
}

/** `good` is Alice's, `ended` of an ended session, everything else no token. */
export const userTokens: ServiceHandlerOptions['userTokens'] = {
  async verify(token) {
    await wait(0)
    if (token === 'ended') throw new AppError('session_ended')
    if (token !== 'good') throw new AppError('unauthenticated')
    return { actor: alice }
  },
}

export interface TestService {
  readonly handler: ServiceHandler
  readonly logged: { fields: LogFields; message: string }[]
  readonly served: ServedCall[]
  /** How often `add` ran. */
  readonly added: () => number
  /** How often the signal of `hang` fired. */
  readonly hangsEnded: () => number
  /** What lets each running `slow` go. */
  readonly slow: readonly (() => void)[]
}

export function createTestService(overrides: Partial<ServiceHandlerOptions> = {}): TestService {
  const logged: TestService['logged'] = []
  const served: ServedCall[] = []
  let added = 0
  let hangsEnded = 0
  const slow: (() => void)[] = []
  const keep = (fields: LogFields, message: string): void => void logged.push({ fields, message })
  const log: Logger = { debug: keep, info: keep, warn: keep, error: keep, child: () => log }
  const os = implementService(testContract).notes
  const see = (
    text: string,
    context: { actor: Actor | null; caller: Caller; requestId: string },
  ): z.infer<typeof Seen> => ({
    text,
    userId: context.actor?.userId ?? null,
    caller: context.caller,
    requestId: context.requestId,
  })
  const leaking = { shown: 'yes', passwordHash: 'x', nested: { secret: 1 } }
  const router = implementService(testContract).router({
    notes: {
      get: os.get.handler(({ input, context }) => see([input.text, ...input.tags].join(','), context)),
      add: os.add.handler(() => ({ added: ++added })),
      leaky: os.leaky.handler(() => leaking),
      wrong: os.wrong.handler(() => JSON.parse('{"shown":5}') as { shown: string }),
      fail: os.fail.handler(({ input }) => fail(input.code)),
      hang: os.hang.handler(async ({ signal }) => {
        signal?.addEventListener('abort', () => (hangsEnded += 1))
        await new Promise(() => undefined)
        return {}
      }),
      slow: os.slow.handler(async () => {
        await new Promise<void>((resolve) => slow.push(resolve))
        return {}
      }),
      whoever: os.whoever.handler(({ context }) => see('', context)),
      batch: os.batch.handler(({ context }) => see('', context)),
      operate: os.operate.handler(({ context }) => see('', context)),
      big: os.big.handler(({ input }) => ({ count: input.ids.length })),
    },
  })
  const handler = createServiceHandler(router, {
    service: 'notes',
    serviceTokens: createServiceTokens({ secret, caller: 'account', clock: systemClock }),
    userTokens,
    log,
    maxBodyBytes: 10_000,
    anonymous: ['notes.whoever'],
    withoutUser: { 'notes.batch': ['gateway'] },
    onlyFor: { 'notes.operate': ['cli'] },
    onCall: (call) => served.push(call),
    ...overrides,
  })
  return { handler, logged, served, added: () => added, hangsEnded: () => hangsEnded, slow }
}

function fail(code: string): never {
  if (code === 'bug') throw new TypeError('secret detail of a bug')
  if (!isErrorCode(code)) throw new Error(code)
  throw new AppError(code, { message: `it was ${code}`, retryAfterMs: 70, fields: { a: 'b' } })
}

export interface Transport {
  readonly link: RpcLink
  /** A request as a stranger could send it; tokens are not added. */
  raw(request: { method?: string; path: string; headers?: Record<string, string>; text: string }): Promise<RpcResponse>
  close(): Promise<void>
}

export function clientOver(
  link: RpcLink,
  caller: Caller = 'gateway',
  clock: Clock = systemClock,
): RpcClient<typeof testContract> {
  const serviceTokens = createServiceTokens({ secret, caller, clock: systemClock })
  return createRpcClient(testContract, link, { service: 'notes', serviceTokens, clock })
}

export function callContext(context: Partial<CallContext> = {}): CallContext {
  return { requestId: 'req-1', accessToken: 'good', deadlineAtMs: Date.now() + 5_000, ...context }
}

export function anonymousContext(): CallContext {
  return { requestId: 'req-1', deadlineAtMs: Date.now() + 5_000 }
}

export const allCodes = Object.keys(errorTable).filter(isErrorCode)

export async function errorOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown
    throw thrown
  }
  throw new Error('it did not fail')
}
