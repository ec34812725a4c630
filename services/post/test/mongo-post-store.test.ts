import { createMongoPostEngine, mongoKind, useMongo } from './mongo-engine.js'
import { postStoreContract } from './post-store.contract.js'

/** A thousand edges or a thousand actors: minutes over the stand-in, which is one slow process. */
const large = /much liked one|above 1,000 spreaders|any number of actors/

describe(`MongoDB (${mongoKind})`, function () {
  this.timeout(120_000)
  const server = useMongo()
  beforeEach(function () {
    if (mongoKind === 'stand-in' && large.test(this.currentTest?.title ?? '')) this.skip()
  })
  postStoreContract('MongoDB', (random) => createMongoPostEngine(server(), random), 'outbox')
})
