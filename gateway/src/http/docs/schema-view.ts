import { nameOf, resolve, type ApiDocument, type JsonSchema, type Parameter } from './api-document.js'
import { html, inline, type Html } from './html.js'

/** A type in a few words: `Id`, `array of FeedItem`, `text`, `Post or null`. */
export function typeOf(schema: JsonSchema): Html {
  if (schema.$ref !== undefined) return html`<a href="#model-${nameOf(schema.$ref)}">${nameOf(schema.$ref)}</a>`
  if (schema.anyOf !== undefined) return oneOf(schema.anyOf.map(typeOf))
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`
  if (schema.enum !== undefined) return oneOf(schema.enum.map((value) => html`<code>${String(value)}</code>`))
  if (schema.type === 'array') return schema.items === undefined ? html`list` : html`list of ${typeOf(schema.items)}`
  if (schema.type === 'object' && schema.properties !== undefined) return html`object with ${keysOf(schema)}`
  return html`${plainNames[schema.type ?? ''] ?? schema.type ?? 'anything'}`
}

const plainNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  null: 'null',
}

function oneOf(types: readonly Html[]): Html {
  return html`${types.map((type, at) => (at === 0 ? type : html` or ${type}`))}`
}

function keysOf({ properties = {} }: JsonSchema): Html {
  const fields = Object.entries(properties)
  return html`${fields.map(([key, value], at) => html`${at === 0 ? '' : ', '}<code>${key}</code> (${typeOf(value)})`)}`
}

/** What a value must keep to, in words. Empty when there is nothing to say. */
export function rulesOf(schema: JsonSchema): string {
  const { minLength, maxLength, minItems, maxItems, minimum, maximum, pattern } = schema
  const bound = (low: number | undefined, high: number | undefined, unit: string): string[] => {
    const from = low === undefined || low <= 0 || low <= Number.MIN_SAFE_INTEGER ? undefined : low
    const to = high === undefined || high >= Number.MAX_SAFE_INTEGER ? undefined : high
    if (from !== undefined && to !== undefined) return [`${from} to ${to}${unit}`]
    if (to !== undefined) return [`at most ${to}${unit}`]
    return from === undefined ? [] : [`at least ${from}${unit}`]
  }
  return [
    ...bound(minLength, maxLength, ' characters'),
    ...bound(minItems, maxItems, ' items'),
    ...bound(minimum, maximum, ''),
    ...(pattern === undefined ? [] : [`matches \`${pattern}\``]),
    ...(schema.default === undefined ? [] : [`\`${JSON.stringify(schema.default)}\` when absent`]),
  ].join('; ')
}

type Row = { readonly name: string; readonly isNeeded: boolean; readonly schema: JsonSchema; readonly about: string }

/** The fields of an object, one a row. */
export function fieldTable(document: ApiDocument, given: JsonSchema, caption: string): Html | null {
  const { properties = {}, required = [] } = resolve(document, given)
  const rows = Object.entries(properties).map(([name, schema]) => ({
    name,
    isNeeded: required.includes(name),
    schema,
    about: '',
  }))
  return rows.length === 0 ? null : table(rows, caption)
}

export function parameterTable(parameters: readonly Parameter[], caption: string): Html | null {
  const rows = parameters.map(({ name, required, schema, description }) => ({
    name,
    isNeeded: required === true,
    schema,
    about: description ?? '',
  }))
  return rows.length === 0 ? null : table(rows, caption)
}

function table(rows: readonly Row[], caption: string): Html {
  return html`<table class="fields">
    <caption>
      ${caption}
    </caption>
    <colgroup>
      <col class="fields__name" />
      <col />
    </colgroup>
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">Type</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(row)}
    </tbody>
  </table>`
}

function row({ name, isNeeded, schema, about }: Row): Html {
  const rules = [rulesOf(schema), about].filter((text) => text !== '').join('. ')
  return html`<tr>
    <th scope="row"><code>${name}</code>${isNeeded ? null : html` <span class="optional">optional</span>`}</th>
    <td>${typeOf(schema)}${rules === '' ? null : html`<span class="rules">${inline(rules)}</span>`}</td>
  </tr> `
}
