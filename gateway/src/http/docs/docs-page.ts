import { errorTable, isErrorCode } from '@skein/contracts'
import type { ApiDocument } from './api-document.js'
import { html, inline, prose, type Html } from './html.js'
import { operationId, operationView, pathView, type PlacedOperation } from './operation-view.js'
import { fieldTable, rulesOf, typeOf } from './schema-view.js'

type Group = { readonly name: string; readonly about: string; readonly operations: readonly PlacedOperation[] }

/** The reference as one page without scripts: what an OpenAPI document says, and the table of errors. */
export function renderDocsPage(document: ApiDocument): string {
  const { title, version, description } = document.info
  const groups = groupsOf(document)
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="Every method, model and error of the ${title}." />
        <title>${title} ${version}</title>
        <link rel="icon" href="${icon}" />
        <link rel="stylesheet" href="/docs/docs.css" />
      </head>
      <body>
        <a class="skip" href="#main">Skip to the reference</a>
        <header class="bar">
          <p class="brand">${mark()}<span>${title}</span> <span class="version">${version}</span></p>
          <p class="bar__links"><a href="/v1/openapi.json">openapi.json</a></p>
        </header>
        <div class="layout">
          <nav class="contents" aria-label="Contents">${contents(groups)}</nav>
          <main id="main">
            <section class="intro" aria-labelledby="start">
              <h1 id="start">${title}</h1>
              ${prose(description ?? '')} ${basics()}
            </section>
            ${groups.map((group) => groupView(document, group))} ${models(document)} ${errors()}
          </main>
        </div>
      </body>
    </html> `
  return page.text
}

const icon =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32' fill='none' stroke='%2326808c' stroke-linecap='round'><path stroke='%23e0622a' stroke-width='4.6' d='M24.2 7.8l4.4-1.4'/><path stroke-width='4' d='M14.7 11.2l3.7-1.6M25.6 15l-1.3 3.6M7.1 15.5l2.8-1.8M21.3 23.4l-2 3.1M2.4 21l1.6-1.8'/></svg>"

/** Six birds in flight. */
function mark(): Html {
  return html`<svg class="mark" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" focusable="false">
    <path class="mark__lead" d="M24.2 7.8l4.4-1.4" />
    <path class="mark__a" d="M14.7 11.2l3.7-1.6M25.6 15l-1.3 3.6" />
    <path class="mark__b" d="M7.1 15.5l2.8-1.8M21.3 23.4l-2 3.1" />
    <path class="mark__c" d="M2.4 21l1.6-1.8" />
  </svg>`
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-')
}

function groupsOf(document: ApiDocument): Group[] {
  const placed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )
  return (document.tags ?? []).map(({ name, description }) => ({
    name,
    about: description,
    operations: placed.filter(({ operation }) => operation.tags?.includes(name) === true),
  }))
}

function contents(groups: readonly Group[]): Html {
  const link = (placed: PlacedOperation): Html =>
    html`<li>
      <a href="#${operationId(placed)}"
        ><span class="method method--${placed.method}">${placed.method.toUpperCase()}</span>
        <span class="path">${pathView(placed.path)}</span></a
      >
    </li>`
  return html`<p class="contents__group"><a href="#start">Start here</a></p>
    ${groups.map(
      ({ name, operations }) =>
        html`<p class="contents__group"><a href="#group-${slug(name)}">${name}</a></p>
          <ul>
            ${operations.map(link)}
          </ul>`,
    )}
    <p class="contents__group"><a href="#models">Models</a></p>
    <p class="contents__group"><a href="#errors">Errors</a></p>`
}

function groupView(document: ApiDocument, { name, about, operations }: Group): Html {
  return html`<section class="group" aria-labelledby="group-${slug(name)}">
    <h2 id="group-${slug(name)}">${name}</h2>
    <p class="lead">${about}</p>
    ${operations.map((placed) => operationView(document, placed))}
  </section> `
}

function basics(): Html {
  const texts: readonly (readonly [string, string])[] = [
    ['Address', 'Every path below stands under `/v1`.'],
    [
      'Signing in',
      'Send the access token as `Authorization: Bearer …`. It lives for 15 minutes: get the next one with the refresh token. A token that is sent must be valid, also where none is needed.',
    ],
    [
      'Sending again',
      'GET, PUT, PATCH and DELETE can be sent again. `POST /v1/posts` can too, with an `Idempotency-Key`.',
    ],
    ['Pages', 'Lists take `limit`, `before` and `after`, and answer `next` and `prev`: null at an end.'],
    [
      'Limits',
      'Every answer says `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds). Above the limit: 429 with `Retry-After`.',
    ],
    ['Failures', 'Every failure has one shape, an `Error`, and an `X-Request-Id` to tell the operator.'],
  ]
  return html`<dl class="basics">
    ${texts.map(
      ([term, text]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${inline(text)}</dd>
        </div>`,
    )}
  </dl>`
}

function models(document: ApiDocument): Html {
  const view = ([name, schema]: [string, ApiDocument['components']['schemas'][string]]): Html => {
    const fields = fieldTable(document, schema, `Fields of ${name}`)
    const kinds = schema.anyOf?.map((choice) => html`<li>${typeOf(choice)}</li>`)
    const rules = rulesOf(schema)
    return html`<article class="model">
      <h3 id="model-${name}">${name}</h3>
      ${schema.description === undefined ? null : prose(schema.description)}
      ${rules === '' || fields !== null ? null : html`<p class="rules">${inline(rules)}</p>`}
      ${
        kinds === undefined
          ? null
          : html`<p>One of:</p>
              <ul class="kinds">
                ${kinds}
              </ul>`
      }
      ${fields}
    </article> `
  }
  return html`<section class="group" aria-labelledby="models">
    <h2 id="models">Models</h2>
    <p class="lead">What requests and answers are made of.</p>
    <div class="models">${Object.entries(document.components.schemas).map(view)}</div>
  </section> `
}

function errors(): Html {
  const codes = Object.keys(errorTable).filter(isErrorCode)
  return html`<section class="group" aria-labelledby="errors">
    <h2 id="errors">Errors</h2>
    <p class="lead">
      Every failure answers an <a href="#model-Error">Error</a>: the message says what went wrong, the remedy what to
      do.
    </p>
    <ul class="errors">
      ${codes.map((code) => {
        const { status, retryable, message, remedy } = errorTable[code]
        return html`<li id="error-${code}">
          <p class="line">
            <span class="status">${status}</span>
            <code>${code}</code>${retryable ? html` <span class="tag">may be tried again</span>` : null}
          </p>
          <p>${message}</p>
          <p class="remedy">${inline(remedy)}</p>
        </li> `
      })}
    </ul>
  </section> `
}
