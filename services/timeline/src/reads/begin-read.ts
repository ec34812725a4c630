import { AppError, encodeLogCursor, type LogCursor, type ViewerEdges } from '@skein/contracts'
import { passOn, type ServiceContext } from '@skein/platform'
import { viewerOf, type Viewer } from '@skein/visibility'
import { createBudget, type Budget } from '../domain/budget.js'
import type { Parts } from '../parts.js'
import { asNobody, type CallOptions } from '../ports.js'

/** What a method is given of a request. */
export interface Request {
  readonly context: ServiceContext
  readonly signal?: AbortSignal | undefined
}

/** One request's read: everything after it sees at least what the cursor covers. */
export interface Read {
  readonly call: CallOptions
  /** Fixed before anything was read. */
  readonly cursor: LogCursor
  /** null: anonymous. */
  readonly viewer: Viewer | null
  readonly budget: Budget
}

/** A read by a person. */
export interface OwnRead extends Read {
  readonly viewer: Viewer
  readonly edges: ViewerEdges
}

/** Fixes the cursor first, then reads how the person stands to others. Anonymous: the cursor alone. */
export async function beginRead(parts: Parts, request: Request): Promise<Read> {
  if (request.context.actor !== null) return beginOwnRead(parts, request)
  const { call, budget } = callOf(parts, request)
  return { call, budget, cursor: encodeLogCursor(await parts.log.heads()), viewer: null }
}

/** @throws AppError unauthenticated without an actor, and for one whom the account service does not know */
export async function beginOwnRead(parts: Parts, request: Request): Promise<OwnRead> {
  const { actor } = request.context
  if (actor === null) throw new AppError('unauthenticated')
  const { call, budget } = callOf(parts, request)
  const cursor = encodeLogCursor(await parts.log.heads())
  const { items } = await parts.account.edges.viewers({ userIds: [actor.userId] }, asNobody(call))
  const edges = items.find((item) => item.userId === actor.userId)
  if (edges === undefined) throw new AppError('unauthenticated')
  return { call, budget, cursor, edges, viewer: viewerOf(edges) }
}

/** How other services are called on behalf of a request, and how much of that it may do. */
export function callOf({ clock, config }: Parts, { context, signal }: Request): { call: CallOptions; budget: Budget } {
  return {
    call: { context: passOn(context), ...(signal === undefined ? {} : { signal }) },
    budget: createBudget({
      now: () => clock.now(),
      deadlineAtMs: context.deadlineAtMs,
      maxLines: config.scanMaxLines,
    }),
  }
}
