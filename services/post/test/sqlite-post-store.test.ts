import { createSqlitePostEngine } from './post-engine.js'
import { postStoreContract } from './post-store.contract.js'

postStoreContract('SQLite', createSqlitePostEngine)
