import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Server } from 'node:http'
import { Handle, SessionId, UserId } from '@skein/contracts'
import {
  createEndedSessions,
  createMetrics,
  createTokenSigner,
  createTokenVerifier,
  jwkOf,
  listen,
  shut,
  systemClock,
  type Actor,
  type EndedSessions,
  type LogFields,
  type Logger,
  type Metrics,
} from '@skein/platform'
import { createHttpApi } from '../../src/http/http-api.js'
import { httpApiDefaults, type HttpApiConfig } from '../../src/http/http-config.js'
import { createHttpServer } from '../../src/http/http-server.js'
import { createHttpApiMetrics } from '../../src/ops/http-metrics.js'
import { fakeServices, type FakeServices } from './fake-services.js'
import { createHttpClient, type HttpClient } from './http-client.js'
import { someId } from './valid-value.js'

export interface LogLine {
  readonly level: string
  readonly message: string
  readonly fields: LogFields
}

export interface HttpWorld extends AsyncDisposable, HttpClient {
  readonly port: number
  readonly server: Server
  readonly services: FakeServices
  readonly metrics: Metrics
  readonly lines: LogLine[]
  readonly read: { userId: string; upTo: string }[]
  readonly ended: EndedSessions
  /** From now on the other devices cannot be told. */
  failToTell(): void
  readonly token: string
  /** Tokens that open nothing, by what is wrong with them. */
  readonly badTokens: Readonly<Record<string, string>>
}

export const actor: Actor = {
  userId: UserId.parse(someId),
  handle: Handle.parse('greylag'),
  sessionId: SessionId.parse(someId),
  role: 'user',
}
const endedSessionId = SessionId.parse('01KDVCC1C0D6E8B4QZ3M5N7P9S')
const names = { issuer: 'https://skein.test', audience: 'skein' }
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })

type Overrides = Partial<HttpApiConfig>

/** The HTTP side over fake services, listening, with real tokens. */
export async function createHttpWorld(overrides: Overrides = {}): Promise<HttpWorld> {
  const services = fakeServices()
  const lines: LogLine[] = []
  const read: HttpWorld['read'] = []
  let isDeaf = false
  const ended = createEndedSessions({ clock: systemClock })
  ended.end(endedSessionId, systemClock.now() + 900_000)
  const jwk = jwkOf(key.publicKey)
  const verifier = createTokenVerifier({
    ...names,
    keys: () => Promise.resolve({ keys: [jwk] }),
    clock: systemClock,
    isEnded: (id) => ended.has(id),
  })
  const metrics = createMetrics()
  const config = {
    ...httpApiDefaults,
    info: { name: 'Skein', version: '1.2.3', wireVersion: 1 },
    ...generous,
    ...overrides,
  }
  const app = createHttpApi(config, {
    account: services.account,
    post: services.post,
    timeline: services.timeline,
    verifier,
    clock: systemClock,
    log: recordingLog(lines),
    metrics: createHttpApiMetrics(metrics),
    onNotificationsRead: (userId, upTo) => {
      if (isDeaf) throw new Error('nobody listens')
      read.push({ userId, upTo })
    },
  })
  const server = createHttpServer(app)
  const port = await listen(server, { host: '127.0.0.1', port: 0 })
  const client = createHttpClient(port)
  return {
    ...client,
    port,
    server,
    services,
    metrics,
    lines,
    read,
    ended,
    failToTell: () => void (isDeaf = true),
    token: sign(key.privateKey, jwk.kid, actor),
    badTokens: badTokens(jwk.kid),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      await shut(server, 0)
    },
  }
}

const plenty = { points: 1_000_000, perMs: 60_000 }
const generous = {
  limits: { ip: plenty, user: plenty, signUp: plenty, signIn: plenty, refresh: plenty, post: plenty },
}

function sign(privateKey: KeyObject, kid: string, who: Actor, ttlMs?: number, audience = names.audience): string {
  const signer = createTokenSigner({ ...names, audience, key: privateKey, kid, clock: systemClock })
  return signer.sign(who, ttlMs).accessToken
}

function badTokens(kid: string): Record<string, string> {
  const good = sign(key.privateKey, kid, actor)
  const [head = '', payload = '', signature = ''] = good.split('.')
  const claims = { sub: actor.userId, sid: actor.sessionId, handle: actor.handle, role: 'operator' }
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const symmetric = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${payload}`
  const publicKey = key.publicKey.export({ type: 'spki', format: 'pem' })
  return {
    garbage: 'garbage',
    'three parts of garbage': 'a.b.c',
    expired: sign(key.privateKey, kid, actor, -60_000),
    ended: sign(key.privateKey, kid, { ...actor, sessionId: endedSessionId }),
    'signed by another key': sign(otherKey.privateKey, kid, actor),
    'of an unknown key': sign(otherKey.privateKey, 'nobody', actor),
    'for another audience': sign(key.privateKey, kid, actor, undefined, 'someone-else'),
    'without a signature': `${head}.${payload}.`,
    'of algorithm none': `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.`,
    'HS256 over the public key': `${symmetric}.${createHmac('sha256', publicKey).update(symmetric).digest('base64url')}`,
    'with another payload': `${head}.${encode({ ...claims, exp: 4_102_444_800 })}.${signature}`,
    'with a broken header': `${Buffer.from('{"alg":').toString('base64url')}.${payload}.${signature}`,
    long: 'a'.repeat(5_000),
  }
}

function recordingLog(lines: LogLine[]): Logger {
  const at = (level: string) => (fields: LogFields, message: string) => void lines.push({ level, message, fields })
  const log: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log }
  return log
}
