export type { Actor, CallContext, Caller, ServiceContext } from './rpc/context.js'
export type { ReadStatement, Sqlite, Statement, Tx } from './sqlite/sqlite-port.js'
