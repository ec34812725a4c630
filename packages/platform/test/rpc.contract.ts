import { expect } from 'chai'
import { ErrorBody } from '@skein/contracts'
import { createServiceTokens, systemClock, type RpcResponse } from '../src/index.js'
import { eventually } from '../src/testing.js'
import {
  alice,
  allCodes,
  anonymousContext,
  callContext,
  clientOver,
  createTestService,
  errorOf,
  secret,
  type TestService,
  type Transport,
} from './rpc-fixture.js'

/** What every transport of RPC keeps to. */
export function rpcContract(name: string, open: (service: TestService) => Promise<Transport>): void {
  describe(`RPC ${name}`, () => {
    let service: TestService
    let transport: Transport
    const tokens = createServiceTokens({ secret, caller: 'gateway', clock: systemClock })

    beforeEach(async () => {
      service = createTestService()
      transport = await open(service)
    })
    afterEach(() => transport.close())

    function send(
      path: string,
      text: string,
      headers: Record<string, string> = {},
      method = 'POST',
    ): Promise<RpcResponse> {
      const all = {
        'content-type': 'application/json',
        'x-service-token': tokens.mint('notes'),
        authorization: 'Bearer good',
        ...headers,
      }
      return transport.raw({ method, path, text, headers: all })
    }
    async function refused(answer: Promise<RpcResponse>): Promise<ErrorBody & { status: number }> {
      const { status, text } = await answer
      return { status, ...ErrorBody.parse(JSON.parse(text)) }
    }

    it('[RPC1] a call returns what the method returned, defaults of the input filled in', async () => {
      const reply = await clientOver(transport.link).notes.get({ text: 'hé' }, { context: callContext() })
      expect(reply).to.deep.equal({ text: 'hé', userId: alice.userId, caller: 'gateway', requestId: 'req-1' })
    })

    for (const code of allCodes) {
      it(`[RPC2] an error thrown with a code arrives with it: ${code}`, async () => {
        const error = await errorOf(clientOver(transport.link).notes.fail({ code }, { context: callContext() }))
        expect(error.code).to.equal(code)
        expect(error.retryAfterMs).to.equal(70)
        expect(error.fields).to.deep.equal({ a: 'b' })
        expect(error.message).to.equal(code === 'internal' ? 'Something broke on the server.' : `it was ${code}`)
        expect(error.cause).to.be.instanceOf(Error)
      })
    }

    it('[RPC3] anything else thrown leaves as internal without its text, and is logged with the request id and cause', async () => {
      const error = await errorOf(clientOver(transport.link).notes.fail({ code: 'bug' }, { context: callContext() }))
      expect(error.code).to.equal('internal')
      expect(error.message).not.to.contain('secret detail')
      const [entry] = service.logged
      expect(entry?.fields).to.include({ requestId: 'req-1', method: 'notes.fail', caller: 'gateway' })
      expect(entry?.fields['error']).to.be.instanceOf(TypeError)
    })

    it('[RPC4] input that is not what the schema says is invalid, with the fields at fault', async () => {
      const text = JSON.stringify({ text: 'x'.repeat(21), tags: ['a', 'long'], more: 1 })
      const error = await refused(send('/notes/get', text))
      expect(error).to.include({ status: 400, code: 'invalid' })
      expect(Object.keys(error.fields ?? {})).to.have.members(['text', 'tags.1', 'more'])
    })

    it('[RPC5] the deadline ends the wait of both sides, though the method does not look at its signal', async () => {
      const context = callContext({ deadlineAtMs: Date.now() + 150 })
      const error = await errorOf(clientOver(transport.link).notes.hang({}, { context }))
      expect(error.code).to.equal('deadline')
      await eventually(() => expect(service.hangsEnded()).to.equal(1))
      await eventually(() => expect(service.served).to.have.length(1))
      expect((await refused(send('/notes/hang', '{}', { 'x-deadline-ms': '20' }))).code).to.equal('deadline')
    })

    it('[RPC5] a call whose deadline passed before it began is not sent', async () => {
      let sent = 0
      const counting = { ...transport.link, call: () => Promise.reject(new Error(`sent ${++sent}`)) }
      const context = callContext({ deadlineAtMs: Date.now() - 1 })
      const error = await errorOf(clientOver(counting).notes.add({ text: '' }, { context }))
      expect([error.code, sent]).to.deep.equal(['deadline', 0])
    })

    it('[RPC6] a caller that gives up gets its own reason, and the method is told', async () => {
      const leaving = new AbortController()
      const reason = new Error('not needed any more')
      const call = clientOver(transport.link).notes.hang({}, { context: callContext(), signal: leaving.signal })
      setTimeout(() => leaving.abort(reason), 100)
      const thrown: unknown = await call.catch((caught: unknown) => caught)
      expect(thrown).to.equal(reason)
      await eventually(() => expect(service.hangsEnded()).to.equal(1))
    })

    it('[RPC7] the request id of the call is in the answer; a missing or unfit one is replaced', async () => {
      const named = await send('/notes/get', '{"text":""}', { 'x-request-id': 'abc.1' })
      expect(named.headers['x-request-id']).to.equal('abc.1')
      const unnamed = await send('/notes/get', '{"text":""}')
      expect(unnamed.headers['x-request-id']).to.match(/^[0-9a-f]{32}$/)
      const unfit = await refused(send('/notes/get', '{}', { 'x-request-id': 'a b' }))
      expect(unfit.requestId).to.match(/^[0-9a-f]{32}$/)
    })

    it('[RPC8] a body over the limit is too_large, one at the limit is taken', async () => {
      const body = (bytes: number): string => JSON.stringify({ ids: ['x'.repeat(bytes - '{"ids":[""]}'.length)] })
      expect((await send('/notes/big', body(10_000))).status).to.equal(200)
      expect(await refused(send('/notes/big', body(10_001)))).to.include({ status: 413, code: 'too_large' })
      expect(await refused(send('/notes/big', body(5_000_000)))).to.include({ status: 413, code: 'too_large' })
    })

    it('[RPC9] a body that is not JSON is invalid, and an empty one is checked as no input', async () => {
      expect(await refused(send('/notes/get', '{"text":'))).to.include({ status: 400, code: 'invalid' })
      expect(await refused(send('/notes/get', ''))).to.include({ status: 400, code: 'invalid' })
      expect(await refused(send('/notes/get', '[1]'))).to.include({ status: 400, code: 'invalid' })
    })

    it('[RPC10] a body of any other type than JSON is refused before it is read as input', async () => {
      for (const type of [
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/plain',
        'application/jsonp',
      ]) {
        const answer = await refused(send('/notes/add', 'text=hello', { 'content-type': type }))
        expect(answer).to.include({ status: 415, code: 'unsupported_media' })
      }
      expect(service.added()).to.equal(0)
    })

    it('[RPC11] prototype keys are unknown fields', async () => {
      for (const key of ['__proto__', 'constructor', 'prototype']) {
        const answer = await refused(send('/notes/get', `{"text":"a","${key}":{"admin":true}}`))
        expect(answer).to.include({ status: 400, code: 'invalid' })
      }
      expect(({} as Record<string, unknown>)['admin']).to.equal(undefined)
    })

    it('[RPC12] without a service token of this service, made with our secret and in time, nothing is answered', async () => {
      const other = createServiceTokens({
        secret,
        caller: 'gateway',
        clock: { ...systemClock, now: () => Date.now() - 120_000 },
      })
      for (const token of ['', 'x.y.z', tokens.mint('post'), other.mint('notes')]) {
        const answer = await refused(send('/notes/add', '{"text":""}', { 'x-service-token': token }))
        expect(answer).to.include({ status: 500, code: 'internal' })
      }
      expect(service.added()).to.equal(0)
      expect(service.logged).to.have.length(4)
    })

    it('[RPC13] a user token that is wrong, or of an ended session, is refused, for methods without a user too', async () => {
      const client = clientOver(transport.link)
      const ended = callContext({ accessToken: 'ended' })
      expect((await errorOf(client.notes.add({ text: '' }, { context: ended }))).code).to.equal('session_ended')
      expect((await errorOf(client.notes.whoever({}, { context: ended }))).code).to.equal('session_ended')
      const wrong = callContext({ accessToken: 'wrong' })
      expect((await errorOf(client.notes.whoever({}, { context: wrong }))).code).to.equal('unauthenticated')
      const basic = await refused(send('/notes/whoever', '{}', { authorization: 'Basic good' }))
      expect(basic.code).to.equal('unauthenticated')
      expect(service.added()).to.equal(0)
    })

    it('[RPC14] without a user only the methods for that are answered: anonymous ones to all, others to the callers named', async () => {
      const gateway = clientOver(transport.link)
      const post = clientOver(transport.link, 'post')
      const context = anonymousContext()
      expect((await gateway.notes.whoever({}, { context })).userId).to.equal(null)
      expect((await gateway.notes.batch({}, { context })).caller).to.equal('gateway')
      expect((await errorOf(post.notes.batch({}, { context }))).code).to.equal('unauthenticated')
      expect((await errorOf(gateway.notes.get({ text: '' }, { context }))).code).to.equal('unauthenticated')
      expect((await post.notes.batch({}, { context: callContext() })).userId).to.equal(alice.userId)
    })

    it('[RPC15] a method for certain callers is forbidden to every other one, whatever user it speaks for', async () => {
      const cli = clientOver(transport.link, 'cli')
      expect((await cli.notes.operate({}, { context: anonymousContext() })).caller).to.equal('cli')
      const error = await errorOf(clientOver(transport.link).notes.operate({}, { context: callContext() }))
      expect(error.code).to.equal('forbidden')
    })

    it('[RPC16] what the output schema does not name never leaves', async () => {
      const { text } = await send('/notes/leaky', '{}')
      expect(JSON.parse(text)).to.deep.equal({ shown: 'yes' })
    })

    it('[RPC17] a reply that is not what the schema says is internal', async () => {
      const error = await errorOf(clientOver(transport.link).notes.wrong({}, { context: callContext() }))
      expect(error.code).to.equal('internal')
      expect(service.logged).to.have.length(1)
    })

    it('[RPC18] an unknown method is not_found, a known one called by another verb is method_not_allowed', async () => {
      for (const path of ['/notes/none', '/', '', '/notes', '/notes/get/more', '/__proto__', '/notes/%67et']) {
        expect(await refused(send(path, '{}'))).to.include({ status: 404, code: 'not_found' })
      }
      expect(await refused(send('/notes/get', '{}', {}, 'PUT'))).to.include({ status: 405, code: 'method_not_allowed' })
      expect(service.served.at(-1)).to.include({ method: 'notes.get', code: 'method_not_allowed' })
    })

    it('[RPC19] each call is told once, by method, caller and outcome', async () => {
      const client = clientOver(transport.link)
      await client.notes.get({ text: '' }, { context: callContext() })
      await errorOf(client.notes.fail({ code: 'gone' }, { context: callContext() }))
      expect(service.served.map(({ method, caller, code }) => [method, caller, code])).to.deep.equal([
        ['notes.get', 'gateway', 'ok'],
        ['notes.fail', 'gateway', 'gone'],
      ])
    })

    it('[RPC20] a closed link answers unavailable', async () => {
      await transport.link.close()
      const error = await errorOf(clientOver(transport.link).notes.get({ text: '' }, { context: callContext() }))
      expect(error.code).to.equal('unavailable')
    })
  })
}
