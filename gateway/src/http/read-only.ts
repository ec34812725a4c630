import { AppError } from '@skein/contracts'
import type { Request, RequestHandler, Response } from 'express'
import { exchangeOf } from './exchange.js'

/** A fixed address that is only read: GET and HEAD are answered, OPTIONS told, everything else refused. */
export function readOnly(answer: (req: Request, res: Response) => void | Promise<void>): RequestHandler {
  return async (req, res, next) => {
    if (req.path !== '/') return next()
    exchangeOf(req).route = req.baseUrl
    if (req.method === 'GET' || req.method === 'HEAD') return answer(req, res)
    res.setHeader('allow', 'GET, HEAD, OPTIONS')
    if (req.method !== 'OPTIONS') throw new AppError('method_not_allowed')
    res.statusCode = 204
    res.end()
  }
}
