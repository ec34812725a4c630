import type { StandardOpenAPICustomJsonSerializer } from '@orpc/openapi-client/standard'

/**
 * A body that is JSON text already. The library's own serializer copies every value, looking for kinds that no contract of
 * ours has; with this one a body is written once, by `JSON.stringify`, whose rules for plain data are the same.
 */
export class JsonText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export const jsonTextSerializer: StandardOpenAPICustomJsonSerializer = {
  condition: (data) => data !== undefined && !(data instanceof JsonText),
  serialize: (data) => new JsonText(JSON.stringify(data)),
}

/** The text of what the serializer returned; undefined for no body. */
export function textOf(body: unknown): string | undefined {
  return body instanceof JsonText ? body.text : JSON.stringify(body)
}
