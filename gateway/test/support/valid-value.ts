import { z } from 'zod'

/** The part of JSON Schema that the contracts come out as. */
export const Shape = z.looseObject({
  type: z.string().optional(),
  pattern: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), Shape).optional()
  },
  get items() {
    return Shape.optional()
  },
  get anyOf() {
    return z.array(Shape).optional()
  },
  get oneOf() {
    return z.array(Shape).optional()
  },
})
export type Shape = z.infer<typeof Shape>

/** @throws Error for anything but a zod schema */
export function shapeOf(schema: unknown, io: 'input' | 'output'): Shape {
  if (!(schema instanceof z.ZodType)) throw new Error('a contract without a zod schema')
  return Shape.parse(z.toJSONSchema(schema, { io, reused: 'inline' }))
}

export const someId = '01KDVCC1C0D6E8B4QZ3M5N7P9R'

const samples: readonly (readonly [pattern: RegExp, value: string])[] = [
  [/^\^\[0-7\]/, someId],
  [/^\^\[a-z0-9_\]\{2,24\}/, 'greylag'],
  [/^\^\[\\p\{L\}/, 'migration'],
  [/^\^\[\\w\.:-\]/, 'draft-7f3a19c2'],
]

/** A value that the schema takes: the least of everything, and only what is required. */
export function validValue(shape: Shape, name = ''): unknown {
  if (shape.const !== undefined) return shape.const
  if (shape.enum !== undefined) return shape.enum[0]
  const [first] = shape.anyOf ?? shape.oneOf ?? []
  if (first !== undefined) return validValue(first, name)
  switch (shape.type ?? 'unknown') {
    case 'object':
      return validObject(shape)
    case 'array':
      return shape.items === undefined ? [] : [validValue(shape.items, name)]
    case 'boolean':
      return true
    case 'null':
      return null
    case 'integer':
    case 'number':
      return Math.max(1, shape.minimum ?? 1)
    case 'string':
      return validText(shape, name)
    default:
      throw new Error(`no valid value for ${JSON.stringify(shape)}`)
  }
}

function validObject({ properties = {}, required = [] }: Shape): Record<string, unknown> {
  const entries = Object.entries(properties).filter(([key]) => required.includes(key))
  return Object.fromEntries(entries.map(([key, inner]) => [key, validValue(inner, key)]))
}

function validText({ pattern, minLength = 0 }: Shape, name: string): string {
  if (name === 'ids') return someId
  if (pattern === undefined) return 'south'.padEnd(minLength, '.')
  const sample = samples.find(([known]) => known.test(pattern))
  if (sample === undefined) throw new Error(`no text known for ${pattern}`)
  return sample[1]
}
