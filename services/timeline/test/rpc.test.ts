import { createSecretKey } from 'node:crypto'
import { AppError, timelineContract, type UserId } from '@skein/contracts'
import {
  createRpcClient,
  createServiceHandler,
  createServiceTokens,
  inProcessLink,
  silentLogger,
  systemClock,
} from '@skein/platform'
import { expect } from 'chai'
import { anonymousMethods } from '../src/index.js'
import { actorOf, createFixture } from './fixture.js'
import { codeOf } from './paging.js'

function createServed() {
  const fixture = createFixture()
  fixture.time.nowMs = systemClock.now()
  const { model } = fixture
  const me = model.addUser('me')
  const post = model.post(me, { text: 'hello', tags: ['geese'] })
  const serviceTokens = createServiceTokens({
    secret: createSecretKey(Buffer.alloc(32, 7)),
    caller: 'gateway',
    clock: systemClock,
  })
  const handler = createServiceHandler(fixture.service.router, {
    service: 'timeline',
    anonymous: fixture.service.anonymous,
    serviceTokens,
    userTokens: {
      verify: (token) =>
        token === me ? Promise.resolve({ actor: actorOf(me) }) : Promise.reject(new AppError('unauthenticated')),
    },
    log: silentLogger,
  })
  const client = createRpcClient(timelineContract, inProcessLink(handler), { service: 'timeline', serviceTokens })
  const as = (reader?: UserId) => ({
    context: {
      requestId: 'req',
      deadlineAtMs: systemClock.now() + 5_000,
      ...(reader === undefined ? {} : { accessToken: reader }),
    },
  })
  return { ...fixture, client, as, direct: fixture, me, post }
}

describe('the timeline service over RPC', () => {
  it('[TML50] answers without a user what anyone may read, and nothing else', async () => {
    const { client, as, post } = createServed()
    const open: Record<string, () => Promise<unknown>> = {
      'feeds.public': () => client.feeds.public({}, as()),
      'feeds.user': () => client.feeds.user({ handle: 'me' }, as()),
      'feeds.tag': () => client.feeds.tag({ tag: 'geese' }, as()),
      'feeds.thread': () => client.feeds.thread({ postId: post }, as()),
      'feeds.search': () => client.feeds.search({ q: 'hello' }, as()),
      posts: () => client.posts({ ids: [post] }, as()),
      trends: () => client.trends({}, as()),
    }
    expect(Object.keys(open)).to.have.members([...anonymousMethods])
    for (const [name, read] of Object.entries(open)) expect(await codeOf(read()), name).to.equal('ok')
    for (const read of [client.feeds.home, client.feeds.notifications, client.feeds.bookmarks])
      expect(await codeOf(read({}, as()))).to.equal('unauthenticated')
  })

  it('[TML51] answers with a user what it answers directly', async () => {
    const { client, as, direct, me, post } = createServed()
    const page = await client.feeds.home({}, as(me))
    expect(page).to.deep.equal(await direct.client.feeds.home({}, direct.as(me)))
    expect(page.items.map(({ id }) => id)).to.deep.equal([post])
    expect(await client.feeds.notifications({}, as(me))).to.include({ readUpTo: null, unread: 0 })
    expect(await codeOf(client.feeds.home({ before: 'x' }, as(me)))).to.equal('bad_cursor')
  })
})
