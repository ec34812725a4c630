import { readFileSync } from 'node:fs'
import { ConfigError, type ConfigProblem } from './config-error.js'
import type { ConfigDefinition, ConfigItem, ConfigSchemas, ConfigValues } from './define-config.js'
import {
  configPathVariable,
  readConfigFile,
  readEnvironment,
  readFlags,
  type Environment,
  type Given,
  type ReadFile,
} from './read-sources.js'

export interface ConfigSources {
  readonly env: Environment
  /** The arguments behind the command. */
  readonly argv: readonly string[]
  /** @throws when the file cannot be read */
  readonly readFile?: ReadFile
}

export interface LoadedConfig<S extends ConfigSchemas> {
  readonly values: ConfigValues<S>
  /** Where each value came from, by key: `default`, `file …`, `environment …`, `flag …`. */
  readonly sources: ReadonlyMap<string, string>
}

/**
 * Defaults, then the JSON file named by --config or SKEIN_CONFIG, then the environment, then flags; the later wins.
 * @throws ConfigError that names every wrong value, every missing one and every name that is not known
 */
export function loadConfig<S extends ConfigSchemas>(
  definition: ConfigDefinition<S>,
  sources: ConfigSources,
): LoadedConfig<S> {
  const { items } = definition
  const readFile = sources.readFile ?? ((path: string) => readFileSync(path, 'utf8'))
  const flags = readFlags(items, sources.argv)
  const environment = readEnvironment(items, sources.env, readFile, definition.otherEnvironment)
  const path = flags.configPath ?? sources.env[configPathVariable] ?? ''
  const file = path === '' ? { given: [], problems: [] } : readConfigFile(items, path, readFile)
  const last = new Map([file, environment, flags].flatMap(({ given }) => given.map((one) => [one.key, one])))
  const read = items.map((item) => readItem(item, last.get(item.key)))
  const problems = [file, environment, flags].flatMap((source) => source.problems)
  problems.push(...read.flatMap(({ problem }) => problem ?? []))
  if (problems.length > 0) throw new ConfigError(problems)

  // Each value was just made by the schema of its key.
  const values = Object.freeze(Object.fromEntries(read.map(({ item, value }) => [item.key, value]))) as ConfigValues<S>
  const found = new Map(read.map(({ item, source }) => [item.key, source]))
  const together = (definition.check?.(values) ?? []).map(({ key, expected }) => {
    const item = items.find((one) => one.key === key)
    if (item !== undefined && values[key] === undefined)
      return { name: key, value: undefined, expected, source: howToGive(item) }
    return { name: key, value: showValue(item, values[key]), expected, source: found.get(key) ?? '' }
  })
  if (together.length > 0) throw new ConfigError(together)
  return { values, sources: found }
}

type ReadItem = { item: ConfigItem; value: unknown; source: string; problem?: ConfigProblem }

function readItem(item: ConfigItem, given: Given | undefined): ReadItem {
  if (given === undefined) {
    const value = item.schema.safeParse(item.default)
    if (value.success) return { item, value: value.data, source: 'default' }
    const source = howToGive(item)
    const expected = `must be given, ${item.expected}. ${item.description}`
    return { item, value: undefined, source, problem: { name: item.key, value: undefined, expected, source } }
  }
  const raw = 'text' in given.value ? readText(item, given.value.text) : given.value.json
  const value = item.schema.safeParse(raw)
  if (value.success) return { item, value: value.data, source: given.source }
  const problem = {
    name: item.key,
    value: showValue(item, raw),
    expected: expectedOf(item, value.error.issues),
    source: given.source,
  }
  return { item, value: undefined, source: given.source, problem }
}

function howToGive({ env, isSecret }: ConfigItem): string {
  return `set ${env}${isSecret ? ` or ${env}_FILE` : ''}`
}

/** A rule of the schema that words of ours do not tell is told by its own. */
function expectedOf(item: ConfigItem, issues: readonly { code: string; message: string }[]): string {
  const own = issues.find(({ code }) => code === 'custom' || code === 'invalid_format')
  return own === undefined ? item.expected : `${item.expected}; ${own.message}`
}

/** What does not read as a number or a yes or no stays text, and fails by the schema. */
function readText({ kind }: ConfigItem, text: string): unknown {
  switch (kind) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text
    case 'boolean': {
      const known: Record<string, boolean> = { true: true, false: false, yes: true, no: false, '1': true, '0': false }
      return known[text.trim().toLowerCase()] ?? text
    }
    case 'list':
      return text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    case 'text':
      return text
  }
}

const shownMaxChars = 60

export function showValue(item: ConfigItem | undefined, value: unknown): string {
  if (item?.isSecret === true) return '(secret)'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > shownMaxChars ? `${text.slice(0, shownMaxChars)}…` : text
}
