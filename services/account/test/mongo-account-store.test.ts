import { testAccountStore } from './account-store.contract.js'
import { describeMongo, openMongoEngine } from './mongo-engine.js'

describeMongo('the contract', (server) => testAccountStore('mongo', () => openMongoEngine(server)))
