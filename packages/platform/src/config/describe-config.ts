import type { ConfigDefinition, ConfigItem, ConfigSchemas } from './define-config.js'
import { showValue, type LoadedConfig } from './load-config.js'

export type ConfigFormat = 'help' | 'env' | 'markdown'

/** The whole configuration in words: for `--help`, as an example of an environment file, or as a table of a page. */
export function describeConfig<S extends ConfigSchemas>(definition: ConfigDefinition<S>, format: ConfigFormat): string {
  switch (format) {
    case 'help':
      return definition.items.map(helpOf).join('\n')
    case 'env':
      return definition.items.map(envOf).join('\n')
    case 'markdown':
      return [
        '| key | variable | flag | default | takes | |',
        '|---|---|---|---|---|---|',
        ...definition.items.map(rowOf),
      ].join('\n')
  }
}

/** Each value with where it came from; secrets say only whether they are set. */
export function printConfig<S extends ConfigSchemas>(definition: ConfigDefinition<S>, loaded: LoadedConfig<S>): string {
  const values: ReadonlyMap<string, unknown> = new Map(Object.entries(loaded.values))
  const lines = definition.items.map((item): [string, string] => {
    const value = values.get(item.key)
    return [
      item.key,
      `${value === undefined ? 'not set' : showValue(item, value)}  (${loaded.sources.get(item.key) ?? ''})`,
    ]
  })
  const width = Math.max(0, ...lines.map(([key]) => key.length))
  return lines.map(([key, rest]) => `${key.padEnd(width)}  ${rest}`).join('\n')
}

function helpOf(item: ConfigItem): string {
  const names = item.isSecret ? `${item.env}, ${item.env}_FILE` : `${item.flag}, ${item.env}`
  return `  ${names}\n      ${item.description}\n      Takes ${item.expected}. ${defaultOf(item)}`
}

function envOf(item: ConfigItem): string {
  const value = item.default === undefined || item.isSecret ? '' : plain(item.default)
  return `# ${item.description}\n# ${item.key}: ${item.expected}. ${defaultOf(item)}\n${item.isRequired ? '' : '#'}${item.env}=${value}\n`
}

function rowOf(item: ConfigItem): string {
  const flag = item.isSecret ? 'none: a secret' : `\`${item.flag}\``
  const cells = [
    `\`${item.key}\``,
    `\`${item.env}\``,
    flag,
    item.isRequired ? 'must be given' : shownDefault(item),
    item.expected,
  ]
  return `| ${[...cells, item.description].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function defaultOf(item: ConfigItem): string {
  return item.isRequired ? 'Must be given.' : `Default: ${shownDefault(item)}.`
}

function shownDefault(item: ConfigItem): string {
  return item.default === undefined ? 'none' : showValue(item, item.default)
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(',')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
