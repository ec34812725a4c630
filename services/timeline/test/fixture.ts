import { createRouterClient } from '@orpc/server'
import { Handle, SessionId, type UserId } from '@skein/contracts'
import { silentLogger, type Actor, type LogFields, type Logger, type ServiceContext } from '@skein/platform'
import { createTimelineService, type TimelineConfig, type TimelineDeps } from '../src/index.js'
import { createFakes } from './fakes.js'
import { idOf, Model } from './model.js'

/** The service over a model, with a clock that stands still until it is moved. */
export function createFixture(config: Partial<TimelineConfig> = {}, more: Pick<TimelineDeps, 'onTrends'> = {}) {
  const model = new Model()
  const fakes = createFakes(model)
  const logged: { readonly fields: LogFields; readonly message: string }[] = []
  const logger: Logger = { ...silentLogger, warn: (fields, message) => void logged.push({ fields, message }) }
  const time = { nowMs: 1_700_000_000_000 }
  const clock = { now: () => time.nowMs }
  const service = createTimelineService(config, {
    account: fakes.account,
    post: fakes.post,
    log: fakes.log,
    clock,
    logger,
    ...more,
  })
  const client = createRouterClient(service.router, {
    context: (as: { actor?: UserId; deadlineMs?: number }) =>
      contextOf(as.actor, time.nowMs + (as.deadlineMs ?? 10_000)),
  })
  return { model, fakes, logged, time, service, client, as: (actor?: UserId) => ({ context: actor ? { actor } : {} }) }
}
export type Fixture = ReturnType<typeof createFixture>

function contextOf(actor: UserId | undefined, deadlineAtMs: number): ServiceContext {
  return {
    requestId: 'req',
    caller: 'gateway',
    actor: actor === undefined ? null : actorOf(actor),
    accessToken: actor,
    deadlineAtMs,
    traceparent: undefined,
  }
}

export function actorOf(userId: UserId): Actor {
  return { userId, handle: Handle.parse('someone'), sessionId: SessionId.parse(idOf(0)), role: 'user' }
}
