export { createMongoPostStore } from './store/mongo/mongo-post-store.js'
export type { MongoPostStore, MongoPostStoreDeps } from './store/mongo/mongo-post-store.js'
