import { expect } from 'chai'
import { SkeinError } from '../src/index.js'
import { errorBody, FakeServer } from './support/fake-server.js'
import { openClient } from './support/open-client.js'

async function failure(promise: PromiseLike<unknown>): Promise<SkeinError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof SkeinError) return error
    throw error
  }
  throw new Error('it did not fail')
}

describe('http', () => {
  it('[SDK1] a failed call rejects with a SkeinError that carries what the server said', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const error = await failure(client.auth.signIn({ handle: 'ann', password: 'wrong' }))
    expect(error).to.include({
      code: 'wrong_credentials',
      status: 401,
      retryable: false,
      requestId: 'r-1',
      remedy: 'none',
    })
  })

  it('[SDK1] no answer is `unavailable` and retryable, a late one `deadline`', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    server.fault = () => 'drop'
    expect(await failure(client.info())).to.include({ code: 'unavailable', retryable: true })
    server.fault = () => new Promise((done) => setTimeout(() => done('drop'), 300))
    expect(await failure(client.info({ timeoutMs: 30 }))).to.include({ code: 'deadline', retryable: true })
  })

  it("[SDK2] an abort rejects with the signal's own reason", async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    server.fault = () => new Promise((done) => setTimeout(() => done(undefined), 200))
    const reason = new Error('changed my mind')
    const controller = new AbortController()
    setTimeout(() => controller.abort(reason), 10)
    const result = await client.info({ signal: controller.signal }).catch((error: unknown) => error)
    expect(result).to.equal(reason)
    expect(await client.info({ signal: controller.signal }).catch((error: unknown) => error)).to.equal(reason)
  })

  it('[SDK3] reads are tried again after a retryable failure and wait as long as they are told', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const times: number[] = []
    server.fault = () => {
      times.push(Date.now())
      return times.length === 1 ? { status: 429, body: errorBody('rate_limited', { retryAfterMs: 250 }) } : undefined
    }
    expect((await client.info()).name).to.equal('Fake')
    expect(times).to.have.length(2)
    expect((times[1] ?? 0) - (times[0] ?? 0)).to.be.at.least(245)
  })

  it('[SDK3] a wait beyond the deadline, a refusal and a POST are not tried again', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    server.fault = () => ({ status: 429, body: errorBody('rate_limited'), headers: { 'retry-after': '60' } })
    expect(await failure(client.info())).to.include({ code: 'rate_limited', retryAfterMs: 60_000 })
    server.fault = () => ({ status: 400, body: errorBody('invalid') })
    await failure(client.info())
    server.fault = () => ({ status: 503, body: errorBody('overloaded') })
    await failure(client.auth.signIn({ handle: 'ann', password: 'x' }))
    expect(server.calls).to.have.length(3)
  })

  it('[SDK4] a refused access token is refreshed once and the call repeated', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, 'ann')
    await client.ready()
    server.expireTokens()
    await client.users.get('ann').catch(() => {})
    expect(server.calls.map(({ path }) => path)).to.deep.equal(['/users/ann', '/sessions/refresh', '/users/ann'])
  })

  it('[SDK5] an answer of another form is `unavailable`, not a crash later', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    server.fault = () => ({ status: 200, body: { nothing: 'here' } })
    expect(await failure(client.timeline('public'))).to.include({ code: 'unavailable' })
    server.fault = () => ({ status: 502, body: { html: true } })
    expect(await failure(client.timeline('public'))).to.include({ code: 'unavailable', status: 502 })
  })

  it('[SDK7] a program says what it is, so that its owner knows it in the list of sessions', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server, undefined, { app: 'echo bot' })
    await client.info()
    expect(server.calls[0]?.headers['user-agent']).to.equal('echo bot')
    await client.subscribe('public').ready
    expect(server.connects[0]).to.deep.equal({ client: 'echo bot' })
  })

  it('[SDK6] a list gives its first page when awaited and everything when iterated', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    for (let n = 0; n < 45; n += 1) server.world.post('ann', `post ${n}`)
    const list = client.timeline('public', { limit: 20 })
    expect((await list).items).to.have.length(20)
    const texts: string[] = []
    for await (const { post } of list) texts.push(post.text)
    expect(texts).to.have.length(45)
    expect(texts.at(-1)).to.equal('post 0')
    const sizes: number[] = []
    for await (const page of list.pages()) sizes.push(page.items.length)
    expect(sizes).to.deep.equal([20, 20, 5])
    expect(server.calls.filter(({ query }) => !query.has('before'))).to.have.length(1)
  })

  it('[SDK6] a list from `after` goes on towards the newer', async () => {
    await using server = await FakeServer.start()
    await using client = openClient(server)
    const first = server.world.post('ann', 'first')
    for (let n = 0; n < 5; n += 1) server.world.post('ann', `newer ${n}`)
    const sizes: number[] = []
    for await (const page of client.timeline('public', { after: `p1.${first.id}`, limit: 2 }).pages())
      sizes.push(page.items.length)
    expect(sizes).to.deep.equal([2, 2, 1])
  })
})
