import { errorTable, isErrorCode, type ErrorCode } from '@skein/contracts'
import type { ApiDocument, JsonSchema, Operation } from './api-document.js'
import { html, inline, prose, type Html } from './html.js'
import { fieldTable, parameterTable, typeOf } from './schema-view.js'

export interface PlacedOperation {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

export function operationId({ operation }: PlacedOperation): string {
  return `op-${operation.operationId}`
}

/** A path that may break after its slashes. */
export function pathView(path: string): Html {
  return html`${path
    .split('/')
    .slice(1)
    .map((part) => html`/<wbr />${part}`)}`
}

/** One method of the API: what it takes, answers and fails with, and an example beside it. */
export function operationView(document: ApiDocument, placed: PlacedOperation): Html {
  const { method, path, operation } = placed
  const { summary, description, parameters = [], requestBody } = operation
  const body = requestBody?.content['application/json']
  const byPlace = (place: string) => parameters.filter((parameter) => parameter.in === place)
  return html`<article class="operation" id="${operationId(placed)}">
    <header>
      <h3>${summary}</h3>
      <p class="line">
        <span class="method method--${method}">${method.toUpperCase()}</span>
        <code class="path">${pathView(path)}</code>
      </p>
      <p class="who">
        ${needsToken(operation) ? html`<span class="tag tag--token">Access token</span>` : html`<span class="tag">Anyone</span>`}
      </p>
    </header>
    <div class="said">
      ${description === undefined ? null : prose(description)} ${parameterTable(byPlace('path'), 'In the address')}
      ${parameterTable(byPlace('query'), 'In the query')} ${parameterTable(byPlace('header'), 'In the headers')}
      ${body === undefined ? null : fieldTable(document, body.schema, 'In the body')} ${replies(document, operation)}
      ${failures(operation)}
    </div>
    <div class="shown">${examples(placed)}</div>
  </article> `
}

function needsToken({ security = [] }: Operation): boolean {
  return !security.some((choice) => Object.keys(choice).length === 0)
}

function replies(document: ApiDocument, { responses }: Operation): Html {
  const good = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .toReversed()
  return html`<h4>Answers</h4>
    <ul class="replies">
      ${good.map(([status, { description, content }]) => {
        const schema = content?.['application/json'].schema
        const text = description === 'OK' || description === undefined ? null : html` ${inline(description)}`
        return html`<li>
          <span class="status">${status}</span> ${schema === undefined ? null : replyType(schema)}${text}
        </li>`
      })}
    </ul>
    ${inlineReply(document, good[0]?.[1].content?.['application/json'].schema)}`
}

function replyType(schema: JsonSchema): Html | null {
  return schema.$ref === undefined ? null : typeOf(schema)
}

function inlineReply(document: ApiDocument, schema: JsonSchema | undefined): Html | null {
  return schema === undefined || schema.$ref !== undefined ? null : fieldTable(document, schema, 'In the answer')
}

function failures({ 'x-errors': errors }: Operation): Html | null {
  const codes = Array.isArray(errors) ? errors.map(String).filter(isErrorCode) : []
  if (codes.length === 0) return null
  return html`<h4>Fails with</h4>
    <ul class="codes">
      ${codes.map((code) => html`<li>${codeLink(code)}</li>`)}
    </ul>`
}

function codeLink(code: ErrorCode): Html {
  return html`<a href="#error-${code}"><span class="status">${errorTable[code].status}</span> ${code}</a>`
}

function examples(placed: PlacedOperation): Html {
  const success = Object.entries(placed.operation.responses).findLast(([status]) => status.startsWith('2'))
  const answer = success?.[1].content?.['application/json'].example
  return html`${sampleBlock('Request', requestText(placed))}
  ${answer === undefined ? null : sampleBlock(`Answer ${success?.[0] ?? ''}`, JSON.stringify(answer, null, 2))}`
}

function sampleBlock(label: string, text: string): Html {
  return html`<figure class="sample">
    <figcaption>${label}</figcaption>
    <pre tabindex="0">${text}</pre>
  </figure>`
}

function requestText({ method, path, operation }: PlacedOperation): string {
  const { parameters = [], requestBody } = operation
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => addressExamples[name] ?? name)
  const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.required === true)
  const search = query.map(({ name }) => `${name}=${addressExamples[name] ?? '…'}`).join('&')
  const key = parameters.some(({ name }) => name === 'Idempotency-Key') ? ['Idempotency-Key: draft-7f3a19c2'] : []
  const example = requestBody?.content['application/json'].example
  const lines = [
    `${method.toUpperCase()} /v1${filled}${search === '' ? '' : `?${search}`}`,
    ...(needsToken(operation) ? ['Authorization: Bearer eyJhbGci…'] : []),
    ...key,
    ...(example === undefined ? [] : ['Content-Type: application/json', '', JSON.stringify(example, null, 2)]),
  ]
  return lines.join('\n')
}

const addressExamples: Readonly<Record<string, string>> = {
  handle: 'greylag',
  id: '01KDVCC1C0D6E8B4QZ3M5N7P9R',
  postId: '01KDVCC1C0D6E8B4QZ3M5N7P9R',
  ids: '01KDVCC1C0D6E8B4QZ3M5N7P9R',
  tag: 'migration',
  prefix: 'grey',
  q: 'south',
}
