export { findMongod } from './find-mongod.js'
export type { MongoProgram } from './find-mongod.js'
export { duplicateKeyOf, durable, inMongoAppErrors, isMongoAway, openMongo, toMongoAppError } from './open-mongo.js'
export type { MongoOptions } from './open-mongo.js'
