import type { Request, Response } from 'express'
import { sendText } from '../answer.js'
import type { HttpApiConfig } from '../http-config.js'
import { renderDocsPage } from './docs-page.js'
import { docsStyle } from './docs-style.js'
import { createOpenApi } from './openapi.js'

type Answer = (req: Request, res: Response) => void | Promise<void>

/** The OpenAPI document and its page, each made once, when it is first asked for. */
export interface Docs {
  readonly document: Answer
  readonly page: Answer
  readonly style: Answer
}

export function createDocs({ info }: Pick<HttpApiConfig, 'info'>): Docs {
  let made: Promise<{ readonly json: string; readonly page: string }> | undefined

  async function make(): Promise<{ readonly json: string; readonly page: string }> {
    const document = await createOpenApi(info)
    return { json: JSON.stringify(document), page: renderDocsPage(document) }
  }

  function send(res: Response, type: string, text: string): void {
    res.setHeader('cache-control', 'no-cache')
    sendText(res, 200, `${type}; charset=utf-8`, text)
  }

  return {
    async document(_req, res) {
      made ??= make()
      send(res, 'application/json', (await made).json)
    },
    async page(_req, res) {
      made ??= make()
      send(res, 'text/html', (await made).page)
    },
    style(_req, res) {
      send(res, 'text/css', docsStyle)
    },
  }
}
