import { apiContract } from '@skein/contracts'
import { expect } from 'chai'
import fc from 'fast-check'
import { contractRoutes } from '../support/contract-routes.js'
import { hostileRequests, validRequest, type HostileWorld } from '../support/hostile-requests.js'
import { createHttpWorld, type HttpWorld } from '../support/http-world.js'
import { judgeAnswer } from '../support/judge-answer.js'
import { someId } from '../support/valid-value.js'

const seed = Number(process.env['SKEIN_TEST_SEED'] ?? Date.now() % 2_147_483_647)

describe(`http: whatever is sent (seed ${seed})`, () => {
  let world: HttpWorld
  let hostile: HostileWorld
  before(async () => {
    world = await createHttpWorld()
    hostile = {
      basePath: '/v1',
      goodTokens: [world.token],
      badTokens: Object.values(world.badTokens),
      foreign: [someId, '01KDVCC1C0D6E8B4QZ3M5N7P9Z', 'someone', 'current'],
    }
  })
  after(() => world[Symbol.asyncDispose]())

  it('[API12] a spoilt request of any route is answered by an error of the table or a valid success, never a fault', async () => {
    await fc.assert(
      fc.asyncProperty(hostileRequests(apiContract, hostile), async (request) => {
        judgeAnswer(request, await world.send(request))
      }),
      { seed, numRuns: Number(process.env['SKEIN_TEST_RUNS'] ?? 800) },
    )
    const alive = await world.send({ method: 'GET', path: '/v1/info' })
    expect(alive.status).to.equal(200)
    expect(world.lines.filter(({ level }) => level === 'error')).to.deep.equal([])
  })

  it('[API8] every route refuses every token that is not valid, anonymous routes too', async () => {
    for (const route of contractRoutes(apiContract))
      for (const [flaw, token] of Object.entries(world.badTokens)) {
        const request = validRequest(route, hostile)
        const answer = await world.send({
          ...request,
          headers: { ...request.headers, authorization: `Bearer ${token}` },
        })
        expect(answer.status, `${route.name} with a token ${flaw}`).to.equal(401)
        expect(answer.json).to.have.property('code', flaw === 'ended' ? 'session_ended' : 'unauthenticated')
      }
  })
})
