export { createMongoAccountStore } from './store/mongo/mongo-account-store.js'
export type { MongoAccountStore, MongoAccountStoreDeps } from './store/mongo/mongo-account-store.js'
