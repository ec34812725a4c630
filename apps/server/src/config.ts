import { limits } from '@skein/contracts'
import { defineConfig, logLevels } from '@skein/platform'
import { httpApiDefaults } from '@skein/gateway'
import { z } from 'zod'

/** Of processes. `all` without Redis is the embedded system. */
export const roles = ['all', 'gateway', 'account', 'post', 'timeline'] as const
export type Role = (typeof roles)[number]

/** `name:port`, every address of the name being a replica; or a list of `host:port`. */
const replicas = z
  .string()
  .regex(/^[^\s:,]+:\d{1,5}(,[^\s:,]+:\d{1,5})*$/)
  .meta({ description: 'name:port, or a list of host:port' })
  .optional()
const port = z.int().min(0).max(65_535)
const perMinute = z.int().min(1).max(10_000_000)
const { limits: rates } = httpApiDefaults

/** Everything an operator can set. The environment is read through this, once. */
export const serverConfig = defineConfig(
  {
    mode: {
      description: 'development makes its own secrets and demo people; production refuses what is not safe.',
      schema: z.enum(['development', 'production']),
      default: 'development',
    },
    role: {
      description: 'What this process is; all without redis.url is the whole system over one file.',
      schema: z.enum(roles),
      default: 'all',
    },
    name: { description: 'What people call this server.', schema: z.string().min(1).max(80), default: 'Skein' },
    dataDir: { description: 'The folder that holds everything.', schema: z.string().min(1), default: './data' },
    host: { description: 'The address to listen on.', schema: z.string().min(1), default: '127.0.0.1' },
    port: { description: 'The port for people: page, API, sockets.', schema: port, default: 8080 },
    'ops.host': { description: 'The address of health and metrics.', schema: z.string().min(1), default: '127.0.0.1' },
    'ops.port': {
      description: 'The port of health and metrics; never let the outside reach it.',
      schema: port,
      default: 9090,
    },
    'log.level': { description: 'The least urgent line that is written.', schema: z.enum(logLevels), default: 'warn' },
    'log.pretty': { description: 'Lines for people instead of JSON.', schema: z.boolean(), default: false },
    'service.secret': {
      description: 'Signs calls between services; 32 characters or more. Made at each start in development.',
      schema: z.string().min(32).optional(),
      secret: true,
    },
    'redis.url': {
      description: 'The Redis of the event log, stored homes and the gateways; without it everything is in one file.',
      schema: z.url({ protocol: /^rediss?$/ }).optional(),
      secret: true,
    },
    'redis.prefix': {
      description: 'Begins every key in Redis; fixed for the life of an installation.',
      schema: z.string().regex(/^[a-z0-9_-]{1,32}$/),
      default: 'skein',
    },
    'mongo.accountsUrl': {
      description: 'The MongoDB of accounts, with the name of the database.',
      schema: z.url({ protocol: /^mongodb(\+srv)?$/ }).optional(),
      secret: true,
    },
    'mongo.postsUrl': {
      description: 'The MongoDB of posts, with the name of the database.',
      schema: z.url({ protocol: /^mongodb(\+srv)?$/ }).optional(),
      secret: true,
    },
    'rpc.host': { description: 'The address a service listens on.', schema: z.string().min(1), default: '127.0.0.1' },
    'rpc.port': {
      description: 'The port of a service; never let the outside reach it.',
      schema: port,
      default: 7000,
    },
    'services.account': { description: 'Where the account service is.', schema: replicas },
    'services.post': { description: 'Where the post service is.', schema: replicas },
    'services.timeline': { description: 'Where the timeline service is.', schema: replicas },
    'backup.dir': {
      description: 'The folder of backups, best on another disk; the folder backups in the data folder when absent.',
      schema: z.string().min(1).optional(),
    },
    'backup.everyHours': {
      description: 'Hours between backups, counted from midnight UTC; a divisor of 24, and 0 makes none.',
      schema: z
        .int()
        .min(0)
        .max(24)
        .refine((hours) => hours === 0 || 24 % hours === 0, 'must divide 24'),
      default: 4,
    },
    'backup.verify': {
      description: 'Whether each backup is tried by a restore into a scratch database.',
      schema: z.boolean(),
      default: true,
    },
    'backup.scratchUrl': {
      description: 'The MongoDB in which backups are tried; that of posts when absent.',
      schema: z.url({ protocol: /^mongodb(\+srv)?$/ }).optional(),
      secret: true,
    },
    'http.origins': {
      description: 'Origins of other sites whose pages may use this server, exactly as browsers send them.',
      schema: z.array(z.string().regex(/^https?:\/\/[^/]+$/, 'must be like https://app.example')),
      default: [],
    },
    'http.trustedProxies': {
      description: 'How many proxies stand in front.',
      schema: z.int().min(0).max(10),
      default: 0,
    },
    'http.signUpOpen': { description: 'Whether anyone may make an account.', schema: z.boolean(), default: true },
    'post.maxGraphemes': {
      description: 'The longest post, in characters as people count them.',
      schema: z.int().min(1).max(limits.postMaxGraphemes),
      default: limits.postMaxGraphemes,
    },
    'limits.ipPerMinute': {
      description: 'Requests one address may make.',
      schema: perMinute,
      default: rates.ip.points,
    },
    'limits.userPerMinute': {
      description: 'Requests one person may make.',
      schema: perMinute,
      default: rates.user.points,
    },
    'limits.postsPerMinute': {
      description: 'Posts one person may write.',
      schema: perMinute,
      default: rates.post.points,
    },
    'limits.signInsPer5Minutes': {
      description: 'Sign-ins from one address.',
      schema: perMinute,
      default: rates.signIn.points,
    },
    'limits.refreshesPerMinute': {
      description: 'Token refreshes from one address.',
      schema: perMinute,
      default: rates.refresh.points,
    },
    'limits.signUpsPerHour': {
      description: 'Sign-ups from one address.',
      schema: perMinute,
      default: rates.signUp.points,
    },
    'live.maxSockets': { description: 'Sockets held at once.', schema: z.int().min(1).max(1_000_000), default: 20_000 },
    'live.maxSocketsPerIp': {
      description: 'Sockets from one address.',
      schema: z.int().min(1).max(1_000_000),
      default: 1_000,
    },
    'live.maxSocketsPerUser': {
      description: 'Sockets of one person.',
      schema: z.int().min(1).max(10_000),
      default: 50,
    },
    'live.allowPolling': {
      description:
        'Long polling for sockets that cannot be WebSockets; the balancer must then keep a client at one gateway.',
      schema: z.boolean(),
      default: false,
    },
    'live.windowEntries': {
      description: 'Events held in memory for who comes back.',
      schema: z.int().min(10).max(10_000_000),
      default: 50_000,
    },
    'live.windowBytes': {
      description: 'The same, by size.',
      schema: z.int().min(10_000),
      default: 64 * 1_024 * 1_024,
      unit: 'bytes',
    },
    'live.drainGraceMs': {
      description: 'How long closing sockets are spread over.',
      schema: z.int().min(0).max(600_000),
      default: 1_000,
      unit: 'ms',
    },
    'log.keepEvents': {
      description: 'Events kept in the file in each lane.',
      schema: z.int().min(100).max(100_000_000),
      default: 200_000,
    },
    'log.lanes': {
      description: 'Lanes of the event log; fixed when the data folder is made.',
      schema: z.int().min(1).max(64),
      default: 1,
    },
    'auth.accessTtlMs': {
      description: 'How long an access token lives.',
      schema: z.int().min(1_000).max(86_400_000),
      default: limits.accessTokenTtlMs,
      unit: 'ms',
    },
    'auth.passwordMemoryKiB': {
      description: 'Memory of one password hash.',
      schema: z.int().min(8).max(1_048_576),
      default: 19_456,
      unit: 'KiB',
    },
    'auth.passwordPasses': { description: 'Passes of one password hash.', schema: z.int().min(1).max(20), default: 2 },
  },
  {
    check: (values) => [
      ...missingFor(values.role, values['redis.url'] !== undefined)
        .filter((key) => values[key] === undefined)
        .map((key) => ({ key, expected: `must be given for the role ${values.role}` })),
      ...(values.mode === 'production' && values['service.secret'] === undefined
        ? [
            {
              key: 'service.secret' as const,
              expected: 'must be given in production: SKEIN_SERVICE_SECRET or SKEIN_SERVICE_SECRET_FILE',
            },
          ]
        : []),
      ...(values.mode === 'production' && values['auth.passwordMemoryKiB'] < 19_456
        ? [{ key: 'auth.passwordMemoryKiB' as const, expected: 'must be at least 19456 in production' }]
        : []),
    ],
    otherEnvironment: [
      'SKEIN_REQUIRE_BROWSER',
      'SKEIN_REQUIRE_ENGINES',
      'SKEIN_TEST_MONGODB_URL',
      'SKEIN_TEST_WIRING',
      'SKEIN_URL',
      'SKEIN_TOKEN',
    ],
  },
)

type Needed =
  | 'service.secret'
  | 'redis.url'
  | 'mongo.accountsUrl'
  | 'mongo.postsUrl'
  | 'services.account'
  | 'services.post'
  | 'services.timeline'

/** What a process of this role cannot be without. */
function missingFor(role: Role, hasRedis: boolean): readonly Needed[] {
  switch (role) {
    case 'all':
      return hasRedis ? ['mongo.accountsUrl', 'mongo.postsUrl'] : []
    case 'account':
      return ['service.secret', 'redis.url', 'mongo.accountsUrl']
    case 'post':
      return ['service.secret', 'redis.url', 'mongo.postsUrl', 'services.account']
    case 'timeline':
      return ['service.secret', 'redis.url', 'services.account', 'services.post']
    case 'gateway':
      return ['service.secret', 'redis.url', 'services.account', 'services.post', 'services.timeline']
  }
}

type ValuesOf<D> = D extends { readonly check?: (values: infer V) => unknown } ? V : never
export type ServerConfig = ValuesOf<typeof serverConfig>
