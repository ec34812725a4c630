import { oc, type AnyContractRouter, type ContractRouterClient } from '@orpc/contract'
import type { z } from 'zod'
import { ErrorDetail, errorTable, type ErrorCode } from './errors.js'

type Errors = {
  [C in ErrorCode]: {
    status: (typeof errorTable)[C]['status']
    message: string
    data: z.ZodOptional<typeof ErrorDetail>
  }
}

const errors = Object.fromEntries(
  Object.entries(errorTable).map(([code, row]) => [
    code,
    { status: row.status, message: row.message, data: ErrorDetail.optional() },
  ]),
) as Errors

/** `safe`: calling twice does the same as calling once, so a transport may retry it by itself. */
export type MethodMeta = { safe?: boolean }

/** The start of every method that changes something and must not be repeated blindly. It may fail with any code of the table. */
export const write = oc.$meta<MethodMeta>({}).errors(errors)

/** The start of every method that may be repeated: reads, and writes that set a state. */
export const safe = write.meta({ safe: true })

/** The client of a contract, made by either transport. `C` is what the caller says with every call. */
export type ClientOf<T extends AnyContractRouter, C extends Record<PropertyKey, unknown>> = ContractRouterClient<T, C>
