import { testAccountStore } from './account-store.contract.js'
import { mongoForTests, openMongoEngine } from './mongo-engine.js'

const mongo = await mongoForTests()

if (mongo === null) describe.skip('account store, mongo: no server can be had here', () => it('is tested'))
else {
  after(() => mongo[Symbol.asyncDispose]())
  testAccountStore(`mongo (${mongo.kind})`, () => openMongoEngine(mongo))
}
