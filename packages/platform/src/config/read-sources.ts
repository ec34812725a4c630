import type { ConfigProblem } from './config-error.js'
import type { ConfigItem } from './define-config.js'
import { nearestOf } from './nearest.js'

/** A value for an entry, as one source gave it. */
export interface Given {
  readonly key: string
  /** Text has yet to be read as what the entry is; JSON is what it is. */
  readonly value: { readonly text: string } | { readonly json: unknown }
  readonly source: string
}

export interface SourceResult {
  readonly given: readonly Given[]
  readonly problems: readonly ConfigProblem[]
}

export type Environment = Readonly<Record<string, string | undefined>>
export type ReadFile = (path: string) => string

const prefix = 'SKEIN_'
export const configPathVariable = 'SKEIN_CONFIG'

/** Empty variables count as not set. A name with `_FILE` behind it is the path of a file that holds the value. */
export function readEnvironment(
  items: readonly ConfigItem[],
  env: Environment,
  readFile: ReadFile,
  others: readonly string[] = [],
): SourceResult {
  const byEnv = new Map(items.map((item) => [item.env, item]))
  const given: Given[] = []
  const problems: ConfigProblem[] = []
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(prefix) || value === undefined || value === '') continue
    if (name === configPathVariable || others.includes(name)) continue
    const item = byEnv.get(name)
    const fileOf = item === undefined && name.endsWith('_FILE') ? byEnv.get(name.slice(0, -'_FILE'.length)) : undefined
    if (item !== undefined) given.push({ key: item.key, value: { text: value }, source: `environment ${name}` })
    else if (fileOf === undefined) problems.push(unknown(name, byEnv.keys(), 'environment'))
    else {
      const read = readValueFile(name, value, readFile)
      if ('expected' in read) problems.push(read)
      else given.push({ key: fileOf.key, value: read, source: `file ${value} of ${name}` })
    }
  }
  return { given, problems: [...problems, ...givenTwice(items, env)] }
}

/** `{"http": {"port": 8080}}` and `{"http.port": 8080}` are the same. */
export function readConfigFile(items: readonly ConfigItem[], path: string, readFile: ReadFile): SourceResult {
  const keys = new Set(items.map(({ key }) => key))
  const given: Given[] = []
  const problems: ConfigProblem[] = []
  const source = `file ${path}`

  function walk(value: unknown, key: string): void {
    if (keys.has(key)) given.push({ key, value: { json: value }, source })
    else if (isRecord(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, key === '' ? name : `${key}.${name}`)
    } else problems.push(unknown(key, keys, source))
  }

  try {
    const parsed: unknown = JSON.parse(readFile(path))
    if (isRecord(parsed)) walk(parsed, '')
    else problems.push({ name: path, value: undefined, expected: 'the file must hold a JSON object', source })
  } catch (thrown) {
    problems.push({
      name: path,
      value: undefined,
      expected: `the file cannot be read as JSON: ${messageOf(thrown)}`,
      source,
    })
  }
  return { given, problems }
}

/** `--http-port 8080`, `--http-port=8080`; of a yes or no: `--log-pretty`, `--no-log-pretty`. The path of `--config` too. */
export function readFlags(
  items: readonly ConfigItem[],
  argv: readonly string[],
): SourceResult & { readonly configPath?: string } {
  const byFlag = new Map(items.map((item) => [item.flag, item]))
  const given: Given[] = []
  const problems: ConfigProblem[] = []
  let configPath: string | undefined
  for (let at = 0; at < argv.length; at++) {
    const [flag, inline] = splitFlag(argv[at] ?? '')
    const item = byFlag.get(flag)
    const denied =
      item === undefined && flag.startsWith('--no-') ? byFlag.get(`--${flag.slice('--no-'.length)}`) : undefined
    const source = `flag ${flag}`
    if (denied?.kind === 'boolean' && inline === undefined) {
      given.push({ key: denied.key, value: { json: false }, source })
      continue
    }
    if (item === undefined && flag !== '--config') {
      problems.push(unknown(flag, [...byFlag.keys(), '--config'], 'flag'))
      continue
    }
    if (item?.kind === 'boolean' && inline === undefined) {
      given.push({ key: item.key, value: { json: true }, source })
      continue
    }
    const text = inline ?? argv[++at]
    if (text === undefined) problems.push({ name: flag, value: undefined, expected: 'a value must follow', source })
    else if (item === undefined) configPath = text
    else if (item.isSecret) problems.push(secretFlag(item, source))
    else given.push({ key: item.key, value: { text }, source })
  }
  return { given, problems, ...(configPath === undefined ? {} : { configPath }) }
}

function splitFlag(argument: string): [string, string?] {
  const at = argument.indexOf('=')
  return argument.startsWith('--') && at > 0 ? [argument.slice(0, at), argument.slice(at + 1)] : [argument]
}

function readValueFile(name: string, path: string, readFile: ReadFile): { text: string } | ConfigProblem {
  try {
    return { text: readFile(path).replace(/\r?\n$/, '') }
  } catch (thrown) {
    const expected = `the file ${path} cannot be read: ${messageOf(thrown)}`
    return { name, value: undefined, expected, source: `environment ${name}` }
  }
}

function givenTwice(items: readonly ConfigItem[], env: Environment): ConfigProblem[] {
  const isSet = (name: string): boolean => (env[name] ?? '') !== ''
  return items
    .filter((item) => isSet(item.env) && isSet(`${item.env}_FILE`))
    .map(({ key, env: name }) => {
      const expected = `set ${name} or ${name}_FILE, not both`
      return { name: key, value: undefined, expected, source: 'environment' }
    })
}

function secretFlag({ key, env }: ConfigItem, source: string): ConfigProblem {
  return { name: key, value: undefined, expected: `a secret is not taken as a flag: set ${env}_FILE or ${env}`, source }
}

function unknown(name: string, known: Iterable<string>, source: string): ConfigProblem {
  const nearest = nearestOf(name, known)
  const expected = nearest === undefined ? 'no such name is known' : `no such name is known; did you mean ${nearest}?`
  return { name, value: undefined, expected, source }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
