import { pino } from 'pino'

export type LogFields = Record<string, unknown>

/** A fixed sentence, the data in fields. error: a person must act. warn: degraded. info: state changes. */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export interface LoggerOptions {
  readonly level: LogLevel
  readonly service: string
  readonly version: string
  /** One readable line an entry instead of JSON: for a person at a terminal. */
  readonly pretty: boolean
  /** Takes whole lines; standard output when absent. */
  readonly write?: (line: string) => void
}

const secretKeys = [
  'authorization',
  'cookie',
  'password',
  'newPassword',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
]
const hidden = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `headers["x-service-token"]`])

/** JSON lines with `timeMs`, `level` in words, `service` and `version`. Values under secret-looking keys are replaced. */
export function createLogger(options: LoggerOptions): Logger {
  const write = options.write ?? ((line: string) => void process.stdout.write(line))
  const stream = { write: options.pretty ? (line: string) => write(prettyLine(line)) : write }
  return pino(
    {
      level: options.level,
      base: { service: options.service, version: options.version },
      timestamp: () => `,"timeMs":${Date.now()}`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...new Set(hidden)], censor: '[hidden]' },
      serializers: { error: pino.stdSerializers.errWithCause, err: pino.stdSerializers.errWithCause },
      messageKey: 'message',
    },
    stream,
  )
}

/** Says nothing. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
}

function prettyLine(line: string): string {
  const parsed: unknown = JSON.parse(line)
  if (typeof parsed !== 'object' || parsed === null) return line
  const { timeMs, level, message, service, version: _version, ...fields } = parsed as Record<string, unknown>
  const at = new Date(Number(timeMs)).toISOString().slice(11, 23)
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return `${[at, String(level).padEnd(5), `${String(service)}:`, String(message), ...rest].join(' ')}\n`
}
