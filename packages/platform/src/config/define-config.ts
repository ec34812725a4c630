import { z } from 'zod'

export interface ConfigEntry<S extends z.ZodType> {
  /** One sentence for the operator. */
  readonly description: string
  readonly schema: S
  /** Must fit the schema. Without one, and unless the schema takes `undefined`, the entry must be given. */
  readonly default?: NoInfer<z.input<S>>
  /** Never printed, and not taken as a flag, which every process of the machine could read. */
  readonly secret?: boolean
  /** Of a number: `ms`, `bytes`, … */
  readonly unit?: string
}

export type ConfigSchemas = Readonly<Record<string, z.ZodType>>

export type ConfigValues<S extends ConfigSchemas> = { readonly [K in keyof S]: z.output<S[K]> }

export interface ConfigRule<S extends ConfigSchemas> {
  /** What cannot be said of one entry alone. Asked when every entry fits by itself; names the entries at fault. */
  readonly check?: (values: ConfigValues<S>) => readonly { readonly key: keyof S & string; readonly expected: string }[]
  /** Other variables with our prefix, that are none of the configuration's business. */
  readonly otherEnvironment?: readonly string[]
}

/** An entry with its names and what its schema expects, in words. */
export interface ConfigItem {
  readonly key: string
  readonly env: string
  readonly flag: string
  readonly description: string
  readonly schema: z.ZodType
  readonly default: unknown
  readonly isRequired: boolean
  readonly isSecret: boolean
  readonly unit: string | undefined
  readonly kind: ConfigKind
  readonly expected: string
}

export type ConfigKind = 'text' | 'number' | 'boolean' | 'list'

export interface ConfigDefinition<S extends ConfigSchemas> extends ConfigRule<S> {
  readonly items: readonly ConfigItem[]
}

/**
 * Declares a configuration. The key `http.maxBodyBytes` is the variable SKEIN_HTTP_MAX_BODY_BYTES and the flag
 * --http-max-body-bytes.
 * @throws Error when two keys have one name, or a default does not fit
 */
export function defineConfig<S extends ConfigSchemas>(
  entries: { readonly [K in keyof S]: ConfigEntry<S[K]> },
  rule: ConfigRule<S> = {},
): ConfigDefinition<S> {
  const items = Object.entries<ConfigEntry<z.ZodType>>(entries).map(([key, entry]) => createItem(key, entry))
  const taken = new Set(['SKEIN_CONFIG'])
  for (const { key, env } of items) {
    if (taken.has(env)) throw new Error(`${key}: the name ${env} is taken`)
    taken.add(env)
  }
  return { items, ...rule }
}

function createItem(key: string, entry: ConfigEntry<z.ZodType>): ConfigItem {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[. ]/)
  const json = JsonShape.parse(z.toJSONSchema(entry.schema, { io: 'input', unrepresentable: 'any' }))
  const hasDefault = entry.default !== undefined
  if (hasDefault && !entry.schema.safeParse(entry.default).success) throw new Error(`${key}: the default does not fit`)
  return {
    key,
    env: `SKEIN_${words.join('_').toUpperCase()}`,
    flag: `--${words.join('-')}`,
    description: entry.description,
    schema: entry.schema,
    default: entry.default,
    isRequired: !hasDefault && !entry.schema.safeParse(undefined).success,
    isSecret: entry.secret === true,
    unit: entry.unit,
    kind: kindOf(json),
    expected: [expectationOf(json), entry.unit === undefined ? '' : `(${entry.unit})`].join(' ').trim(),
  }
}

const JsonShape = z.looseObject({
  type: z.string().optional(),
  description: z.string().optional(),
  format: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  get items() {
    return JsonShape.optional()
  },
})
type JsonShape = z.infer<typeof JsonShape>

function kindOf({ type }: JsonShape): ConfigKind {
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'boolean') return 'boolean'
  return type === 'array' ? 'list' : 'text'
}

/** A description given to the schema is believed; otherwise what it says of itself, in words. */
function expectationOf(json: JsonShape): string {
  if (json.description !== undefined) return json.description
  if (json.enum !== undefined) return `one of ${json.enum.map(String).join(', ')}`
  if (json.format === 'uri') return 'a URL'
  if (json.type === 'integer') return `a whole number${rangeOf(json.minimum, json.maximum)}`
  if (json.type === 'number') return `a number${rangeOf(json.minimum, json.maximum)}`
  if (json.type === 'boolean') return 'true or false'
  if (json.type === 'array') return `a list, separated by commas; each ${expectationOf(json.items ?? {})}`
  return `text${lengthOf(json.minLength, json.maxLength)}`
}

function lengthOf(min: number | undefined, max: number | undefined): string {
  if (min === undefined) return max === undefined ? '' : ` of up to ${max} characters`
  return max === undefined ? ` of at least ${min} characters` : ` of ${min} to ${max} characters`
}

function rangeOf(min: number | undefined, max: number | undefined): string {
  const least = min === undefined || min === Number.MIN_SAFE_INTEGER ? undefined : min
  const most = max === undefined || max === Number.MAX_SAFE_INTEGER ? undefined : max
  if (least === undefined) return most === undefined ? '' : ` up to ${most}`
  return most === undefined ? ` from ${least}` : ` from ${least} to ${most}`
}
