import { createHash } from 'node:crypto'
import { isContractProcedure } from '@orpc/contract'
import { z } from 'zod'

/** Words for people: they change nothing on the wire. */
const words = new Set(['$schema', 'description', 'title', 'examples'])

/** What the wire is made of, by name: each schema as it is sent and as it is read, each method with its route. */
export function wireSurface(exported: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const surface: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(exported)) {
    if (value instanceof z.ZodType) surface[name] = shapeOf(value)
    else Object.assign(surface, methodsOf(name, value))
  }
  return surface
}

/** Of the surface, whatever the order in which it is written. */
export function hashOf(surface: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(ordered(surface)))
    .digest('hex')
}

function methodsOf(name: string, value: unknown): Record<string, unknown> {
  if (isContractProcedure(value)) {
    const definition = value['~orpc']
    const { method, path, successStatus } = definition.route
    const safety: unknown = definition.meta
    const shapes = { input: shapeOf(definition.inputSchema), output: shapeOf(definition.outputSchema) }
    return { [name]: { method, path, successStatus, safety, ...shapes } }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => methodsOf(`${name}.${key}`, inner)),
  ) as Record<string, unknown>
}

function shapeOf(schema: unknown): unknown {
  if (!(schema instanceof z.ZodType)) return null
  const shape = (io: 'input' | 'output'): unknown =>
    z.toJSONSchema(schema, { io, unrepresentable: 'any', cycles: 'ref' })
  return { input: shape('input'), output: shape('output') }
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .filter(([key, inner]) => !(words.has(key) && (typeof inner === 'string' || Array.isArray(inner))))
    .map(([key, inner]): [string, unknown] => [key, key === 'required' ? sorted(inner) : ordered(inner)])
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A list of names; a property that happens to have the name of such a list is not one. */
function sorted(names: unknown): unknown {
  return Array.isArray(names) ? names.map(String).sort((a, b) => (a < b ? -1 : 1)) : ordered(names)
}
