export { createSqliteAccountStore } from './store/sqlite-account-store.js'
export type { SqliteAccountStoreDeps } from './store/sqlite-account-store.js'
