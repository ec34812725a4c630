import { resolve, type ApiDocument, type JsonSchema } from './api-document.js'

const atMs = 1_767_225_600_000
const ulid = '01KDVCC1C0D6E8B4QZ3M5N7P9R'

/** Values that read well, by the name of the field. */
const known: Readonly<Record<string, unknown>> = {
  handle: 'greylag',
  prefix: 'grey',
  name: 'Greylag',
  bio: 'Mostly overhead.',
  text: 'Heading south in the morning. #migration',
  q: 'south',
  tag: 'migration',
  client: 'Firefox on Linux',
  version: '1.0.0',
  password: 'a long walk to the lake',
  current: 'a long walk to the lake',
  next: 'p1.01KDVCC1C0D6E8B4QZ3M5N7P9R',
  prev: 'p1.01KDVCC1C0D6E8B4QZ3M5N7P9R',
  before: 'p1.01KDVCC1C0D6E8B4QZ3M5N7P9R',
  cursor: 's1.k3v9q-1a4',
  accessToken: 'eyJhbGciOiJFUzI1NiIs…',
  refreshToken: 'rt_4mZc…',
  ids: ulid,
  url: 'https://example.org/',
  createdAtMs: atMs,
  atMs,
  lastUsedAtMs: atMs + 60_000,
  accessExpiresAtMs: atMs + 900_000,
  refreshExpiresAtMs: atMs + 2_592_000_000,
  wireVersion: 1,
  postMaxGraphemes: 1_000,
  limit: 20,
}
const emptyLists = new Set(['entities', 'path', 'ancestors', 'series', 'followedBy'])

/** A value that fits a schema: required fields only, one of everything in a list. */
export function sample(document: ApiDocument, given: JsonSchema, name = ''): unknown {
  const schema = resolve(document, given)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.default ?? schema.enum[0]
  const [first] = schema.anyOf ?? []
  if (first !== undefined && !(name in known)) return sample(document, first, name)
  switch (schema.type ?? 'string') {
    case 'object':
      return sampleObject(document, schema)
    case 'array':
      return emptyLists.has(name) || schema.items === undefined ? [] : [sample(document, schema.items, singular(name))]
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return fitting(schema, name) ?? schema.default ?? Math.max(1, schema.minimum ?? 1)
    default:
      return fitting(schema, name) ?? (schema.pattern?.startsWith('^[0-7]') === true ? ulid : 'text')
  }
}

function sampleObject(document: ApiDocument, { properties = {}, required = [] }: JsonSchema): Record<string, unknown> {
  const fields = Object.entries(properties).filter(([key]) => required.includes(key))
  return Object.fromEntries(fields.map(([key, schema]) => [key, sample(document, schema, key)]))
}

/** A known value of this name, when it is of the schema's type (`next` is a cursor in one place, a password in another). */
function fitting(schema: JsonSchema, name: string): unknown {
  const value = known[name]
  const isNumber = schema.type === 'integer' || schema.type === 'number'
  if (value === undefined || isNumber !== (typeof value === 'number')) return undefined
  if (name === 'next' && schema.minLength !== undefined) return 'a longer walk to the lake'
  return value
}

function singular(name: string): string {
  return name.replace(/s$/, '')
}
