import { z } from 'zod'

/*
 * The part of OpenAPI 3.1 that this API's document uses. The generator's output is parsed by it once, so that the page is
 * written from a known shape; what it does not name is kept.
 */

export const JsonSchema = z.looseObject({
  $ref: z.string().optional(),
  type: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  pattern: z.string().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), JsonSchema).optional()
  },
  get items() {
    return JsonSchema.optional()
  },
  get anyOf() {
    return z.array(JsonSchema).optional()
  },
})
export type JsonSchema = z.infer<typeof JsonSchema>

const Media = z.looseObject({ schema: JsonSchema, example: z.unknown().optional() })
const Content = z.looseObject({ 'application/json': Media })

export const Parameter = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: JsonSchema,
})
export type Parameter = z.infer<typeof Parameter>

/** Itself, or the name of one of the components. */
export const Reply = z.looseObject({
  $ref: z.string().optional(),
  description: z.string().optional(),
  content: Content.optional(),
})
export type Reply = z.infer<typeof Reply>

export const Operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  description: z.string().optional(),
  tags: z.array(z.string()).optional(),
  parameters: z.array(Parameter).optional(),
  requestBody: z.looseObject({ required: z.boolean().optional(), content: Content }).optional(),
  responses: z.record(z.string(), Reply),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
})
export type Operation = z.infer<typeof Operation>

const Method = z.enum(['get', 'put', 'post', 'delete', 'patch'])
export type Method = z.infer<typeof Method>

export const ApiDocument = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ title: z.string(), version: z.string(), description: z.string().optional() }),
  tags: z.array(z.object({ name: z.string(), description: z.string() })).optional(),
  paths: z.record(z.string(), z.partialRecord(Method, Operation)),
  components: z.looseObject({
    schemas: z.record(z.string(), JsonSchema),
    responses: z.record(z.string(), Reply).optional(),
  }),
})
export type ApiDocument = z.infer<typeof ApiDocument>

/** The schema a reference names; the schema itself when it is none. */
export function resolve(document: ApiDocument, schema: JsonSchema): JsonSchema {
  const name = schema.$ref === undefined ? undefined : nameOf(schema.$ref)
  return (name === undefined ? undefined : document.components.schemas[name]) ?? schema
}

export function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1)
}
