import { oc, type ContractRouterClient } from '@orpc/contract'
import { z } from 'zod'
import { ErrorDetail, errorTable, type ErrorCode } from './errors.js'

type Errors = { [C in ErrorCode]: { status: (typeof errorTable)[C]['status']; message: string; data: z.ZodOptional<typeof ErrorDetail> } }

const errors = Object.fromEntries(
  Object.entries(errorTable).map(([code, row]) => [code, { status: row.status, message: row.message, data: ErrorDetail.optional() }]),
) as Errors

/** The start of every method, inside and outside: it may fail with any code of the table. */
export const method = oc.errors(errors)

/** The client of a contract, made by either transport. `C` is what the caller says with every call. */
export type ClientOf<T extends Parameters<typeof asRouter>[0], C extends object> = ContractRouterClient<T, C>

function asRouter<T extends Parameters<typeof oc.router>[0]>(router: T): T {
  return router
}
