import type { Range } from '@skein/contracts'
import { aboveAllIds, belowAllIds } from '../../domain/ids.js'

export type Order = 'ASC' | 'DESC'

/** A range as a statement takes it: `id > after AND id < before ORDER BY id <order> LIMIT limit`. */
export interface Bounds {
  readonly after: string
  readonly before: string
  readonly order: Order
  readonly limit: number
}

export function boundsOf({ limit, before, after }: Range): Bounds {
  return {
    after: after ?? belowAllIds,
    before: before ?? aboveAllIds,
    order: after === undefined ? 'DESC' : 'ASC',
    limit,
  }
}

/** A statement for each order. */
export function inBothOrders(sql: (order: Order) => string): Readonly<Record<Order, string>> {
  return { ASC: sql('ASC'), DESC: sql('DESC') }
}

/** What was read in the bounds' order, newest first. */
export function newestFirst<T>(rows: T[], { order }: Bounds): T[] {
  return order === 'ASC' ? rows.reverse() : rows
}
