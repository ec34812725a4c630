import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import * as contracts from '@skein/contracts'
import { apiContract, errorTable, IdempotencyKey, isErrorCode, type ErrorCode } from '@skein/contracts'
import { z } from 'zod'
import { anonymousRoutes } from '../../auth/anonymous-routes.js'
import { ApiDocument, JsonSchema, type Operation, type Reply } from './api-document.js'
import { bodyErrors, commonErrors, routeGroups, routeNotes } from './route-notes.js'
import { sample } from './sample.js'

const converter = new ZodToJsonSchemaConverter()

const about = `A real-time timeline: what you post is seen by your followers at once, and nothing is missed or doubled.

Times are whole milliseconds since 1970, UTC. Unknown fields are refused. Bodies are JSON of at most 64 KiB.`

/** Schemas that get a name of their own. One schema serves every kind of id. */
const named = {
  Id: contracts.PostId,
  Handle: contracts.Handle,
  Tag: contracts.Tag,
  PageCursor: contracts.PageCursor,
  LogCursor: contracts.LogCursor,
  UserCard: contracts.UserCard,
  Relation: contracts.Relation,
  Profile: contracts.Profile,
  Me: contracts.Me,
  SessionTokens: contracts.SessionTokens,
  SessionInfo: contracts.SessionInfo,
  TextEntity: contracts.TextEntity,
  PostCounts: contracts.PostCounts,
  PostFlags: contracts.PostFlags,
  QuotedPost: contracts.QuotedPost,
  Post: contracts.Post,
  PostRevision: contracts.PostRevision,
  FeedItem: contracts.FeedItem,
  FeedPage: contracts.FeedPage,
  ThreadPage: contracts.ThreadPage,
  Notification: contracts.Notification,
  NotificationPage: contracts.NotificationPage,
  PersonItem: contracts.PersonItem,
  PeoplePage: contracts.PeoplePage,
  Suggestion: contracts.Suggestion,
  Trend: contracts.Trend,
  ServerInfo: contracts.ServerInfo,
  Error: contracts.ErrorBody.extend({ code: z.enum(Object.keys(errorTable).filter(isErrorCode)) }),
}

const meanings: Readonly<Record<string, string>> = {
  Id: 'A ULID. It sorts by time as text.',
  Handle: 'Lower case, unique, never changed.',
  Tag: 'Without the #, lower case.',
  PageCursor: 'An opaque place in a feed.',
  LogCursor: 'An opaque position in the stream of events: subscribe from it and nothing is missed.',
}

const rateHeaders = {
  'RateLimit-Limit': 'How many requests the nearest limit takes.',
  'RateLimit-Remaining': 'How many of them are left.',
  'RateLimit-Reset': 'Seconds until the count starts again.',
}

/** OpenAPI 3.1 of the public API, made from its contract. Costs some tens of milliseconds. */
export async function createOpenApi(info: { readonly name: string; readonly version: string }): Promise<ApiDocument> {
  const generated = await new OpenAPIGenerator({ schemaConverters: [converter] }).generate(apiContract, {
    info: {
      title: `${info.name} API`,
      version: info.version,
      description: about,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/v1' }],
    commonSchemas: Object.fromEntries(
      Object.entries(named).map(([key, schema]) => [key, { schema, strategy: 'output' }]),
    ),
    customErrorResponseBodySchema: () => ({ $ref: '#/components/schemas/Error' }),
  })
  const document = ApiDocument.parse(generated)
  const idempotencyKey = await schemaOf(IdempotencyKey)
  return {
    ...document,
    tags: groups(),
    paths: mapValues(document.paths, (methods) =>
      mapValues(methods, (operation) => operation && describe(document, operation, idempotencyKey)),
    ),
    components: {
      ...document.components,
      schemas: mapValues(document.components.schemas, (schema, key) => withMeaning(schema, meanings[key])),
      responses: errorReplies(),
      headers: headers(),
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'From sign-up, sign-in or refresh; lives for 15 minutes.',
        },
      },
    },
  }
}

function describe(document: ApiDocument, operation: Operation, idempotencyKey: JsonSchema): Operation {
  const { operationId, requestBody, responses } = operation
  const note = routeNotes[operationId]
  const codes = [...commonErrors, ...(requestBody === undefined ? [] : bodyErrors), ...(note?.errors ?? [])]
  const statuses = [...new Set(codes.map((code) => errorTable[code].status))].toSorted((a, b) => a - b)
  const replies = Object.entries(responses).filter(([status]) => Number(status) < 300)
  const success = Object.fromEntries(replies.map(([status, reply]) => [status, withExample(document, reply)]))
  const errors = Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/${status}` }]))
  return {
    ...operation,
    ...(note?.about === undefined ? {} : { description: note.about }),
    ...(requestBody === undefined ? {} : { requestBody: withBodyExample(document, requestBody) }),
    ...(operationId === 'posts.create' ? idempotent(operation, idempotencyKey) : {}),
    tags: [groupOf(operationId)],
    security: anonymousRoutes.has(operationId) ? [{}, { accessToken: [] }] : [{ accessToken: [] }],
    responses: { ...(operationId === 'posts.create' ? repeated(success) : success), ...errors },
    'x-errors': note?.errors ?? [],
  }
}

function idempotent(operation: Operation, schema: JsonSchema): Pick<Operation, 'parameters'> {
  const header = {
    name: 'Idempotency-Key',
    in: 'header' as const,
    required: false,
    description: 'Makes the call safe to send again: the same key never makes a second post.',
    schema,
    example: 'draft-7f3a19c2',
  }
  return { parameters: [...(operation.parameters ?? []), header] }
}

function repeated(success: Operation['responses']): Operation['responses'] {
  const created = success['201']
  if (created === undefined) return success
  return {
    '201': { ...created, description: 'The new post.' },
    '200': { ...created, description: 'The key was used before: the first post.' },
  }
}

function withExample(document: ApiDocument, reply: Reply): Reply {
  const json = reply.content?.['application/json']
  const content = json && { 'application/json': { ...json, example: sample(document, json.schema) } }
  return { ...reply, headers: headerRefs(), ...(content === undefined ? {} : { content }) }
}

function withBodyExample(
  document: ApiDocument,
  body: NonNullable<Operation['requestBody']>,
): NonNullable<Operation['requestBody']> {
  const json = body.content['application/json']
  return { ...body, content: { 'application/json': { ...json, example: sampleBody(document, json.schema) } } }
}

/** Of a change where every field is optional, an example that changes all of them. */
function sampleBody(document: ApiDocument, schema: JsonSchema): unknown {
  const isChange = schema.required === undefined || schema.required.length === 0
  return sample(document, isChange ? { ...schema, required: Object.keys(schema.properties ?? {}) } : schema)
}

function errorReplies(): Record<string, Reply> {
  const statuses = [...new Set(Object.values(errorTable).map(({ status }) => status))]
  return Object.fromEntries(statuses.map((status) => [status, errorReply(status)]))
}

function errorReply(status: number): Reply {
  const codes = Object.keys(errorTable)
    .filter(isErrorCode)
    .filter((code) => errorTable[code].status === status)
  return {
    description: codes
      .map((code) => `\`${code}\`: ${errorTable[code].message} ${errorTable[code].remedy}`)
      .join('\n\n'),
    headers: {
      ...headerRefs(),
      ...(codes.some((code) => errorTable[code].retryable)
        ? { 'Retry-After': { $ref: '#/components/headers/Retry-After' } }
        : {}),
    },
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleError(code) }])),
      },
    },
  }
}

function exampleError(code: ErrorCode): contracts.ErrorBody {
  const fields = code === 'invalid' ? { fields: { limit: 'Too big: expected number to be <=100' } } : {}
  const wait = code === 'rate_limited' ? { retryAfterMs: 12_000 } : {}
  return contracts.toErrorBody(new contracts.AppError(code, { ...fields, ...wait }), '7f3a19c2')
}

function headers(): Record<string, unknown> {
  const texts = { 'X-Request-Id': 'The id of the request: the one sent along, or a new one.' }
  const whole = { ...rateHeaders, 'Retry-After': 'Seconds to wait before the next try.' }
  return {
    ...mapValues(texts, (description) => ({ description, schema: { type: 'string' } })),
    ...mapValues(whole, (description) => ({ description, schema: { type: 'integer', minimum: 0 } })),
  }
}

function headerRefs(): Record<string, unknown> {
  const names = ['X-Request-Id', ...Object.keys(rateHeaders)]
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

function groups(): { name: string; description: string }[] {
  const byName = new Map(Object.values(routeGroups).map(({ name, about: description }) => [name, description]))
  return Array.from(byName, ([name, description]) => ({ name, description }))
}

function groupOf(operationId: string): string {
  return routeGroups[operationId.split('.')[0] ?? '']?.name ?? 'Server'
}

function withMeaning(schema: JsonSchema, description: string | undefined): JsonSchema {
  return description === undefined ? schema : { ...schema, description }
}

async function schemaOf(schema: z.ZodType): Promise<JsonSchema> {
  const [, json] = await Promise.resolve(converter.convert(schema, { strategy: 'input' }))
  return JsonSchema.parse(json)
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, change: (value: V, key: string) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
