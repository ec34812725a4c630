import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import jwt from 'jsonwebtoken'
import { UserId } from '@skein/contracts'
import { eventually } from '@skein/platform/testing'
import { tempFolder } from '@skein/platform/testing/sqlite'
import { codeOf, errorOf, fastPasswords, goodPassword, handleOf, openService, type Signed } from './service-harness.js'
import { createPasswordHasher } from '../src/index.js'

const dayMs = 86_400_000

function signInInput(handle: string, password = goodPassword) {
  return { handle, password, client: 'test' }
}

describe('account service: sessions', () => {
  it('[ACC80] sign-up gives a session at once, and the event of the person', async () => {
    await using service = await openService()
    const { me, tokens } = await service.signUp('ada')
    expect(me).to.include({
      handle: 'ada',
      name: 'Name of ada',
      bio: '',
      role: 'user',
      createdAtMs: service.clock.now(),
    })
    const { actor, expiresAtMs } = await service.verifier.verify(tokens.accessToken)
    expect(actor).to.deep.equal({ userId: me.id, handle: 'ada', sessionId: tokens.sessionId, role: 'user' })
    expect(expiresAtMs)
      .to.equal(tokens.accessExpiresAtMs)
      .and.to.equal(service.clock.now() + 900_000)
    expect(tokens.refreshExpiresAtMs).to.equal(service.clock.now() + 30 * dayMs)
    expect(service.events.map(({ id }) => id)).to.deep.equal([`user:${me.id}@1`])
  })

  it('[ACC80] of a taken or reserved handle two that are free are named, and can be had', async () => {
    await using service = await openService()
    await service.signUp('ada')
    await service.signUp('ada_')
    for (const handle of ['ada', 'admin']) {
      const input = { handle: handleOf(handle), name: 'Somebody else', password: 'a good long password', client: '' }
      const { code, fields } = await errorOf(service.client().sessions.signUp(input, service.as()))
      expect(code).to.equal('handle_taken')
      const free = fields?.['handle']?.split(', ') ?? []
      expect(free).to.have.length(2)
      for (const name of free) expect((await service.signUp(name)).me.handle).to.equal(name)
    }
  })

  it('[ACC96] the same sign-up again, soon, is answered like the first; by anybody else it is taken', async () => {
    await using service = await openService()
    const input = { handle: handleOf('ada'), name: 'Ada', password: 'a good long password', client: '' }
    const again = (change: Partial<typeof input> = {}) =>
      service.client().sessions.signUp({ ...input, ...change }, service.as())
    const first = await again()
    const second = await again()
    expect(second.me.id).to.equal(first.me.id)
    expect(second.tokens.sessionId).not.to.equal(first.tokens.sessionId)
    expect((await errorOf(again({ password: 'another long password' }))).code).to.equal('handle_taken')
    expect((await errorOf(again({ name: 'Adam' }))).code).to.equal('handle_taken')
    service.clock.advance(10 * 60_000)
    expect((await errorOf(again())).code).to.equal('handle_taken')
  })

  it('[ACC71] a weak password is refused by name of the field', async () => {
    await using service = await openService()
    const input = { handle: handleOf('ada'), name: 'Ada', password: 'password123', client: '' }
    const { code, fields } = await errorOf(service.client().sessions.signUp(input, service.as()))
    expect([code, Object.keys(fields ?? {})]).to.deep.equal(['invalid', ['password']])
  })

  it('[ACC81] a wrong handle and a wrong password get the same answer for the same work', async () => {
    await using service = await openService()
    await service.signUp('ada')
    const { sessions } = service.client()
    const answers = []
    for (const handle of ['ada', 'bob', 'not a handle!', '@ADA ']) {
      const before = service.hashes()
      const { code, message } = await errorOf(sessions.signIn(signInInput(handle, 'wrong password'), service.as()))
      answers.push({ code, message, hashes: service.hashes() - before })
    }
    const [first] = answers
    expect(first).to.include({ code: 'wrong_credentials', hashes: 1 })
    for (const answer of answers) expect(answer).to.deep.equal(first)
    const signed = await sessions.signIn(signInInput(' @Ada'), service.as())
    expect(signed.me.handle).to.equal('ada')
  })

  it('[ACC82] wrong tries slow a handle down, known or not, and the right password frees it', async () => {
    await using service = await openService()
    await service.signUp('ada')
    const { sessions } = service.client()
    const attempt = (handle: string, password: string) => sessions.signIn(signInInput(handle, password), service.as())
    for (const handle of ['ada', 'nobody']) {
      const waits = []
      for (let n = 0; n < 14; n++) {
        const error = await errorOf(attempt(handle, 'wrong password'))
        if (error.code === 'wrong_credentials') continue
        const before = service.hashes()
        const again = await errorOf(attempt(handle, goodPassword))
        expect(again).to.include({ code: 'rate_limited', retryAfterMs: error.retryAfterMs })
        expect(service.hashes()).to.equal(before)
        waits.push(error.retryAfterMs ?? 0)
        service.clock.advance(error.retryAfterMs ?? 0)
      }
      expect(waits).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000])
    }
    await attempt('ada', goodPassword)
    for (let n = 0; n < 5; n++) expect(await codeOf(attempt('ada', 'wrong password'))).to.equal('wrong_credentials')
    expect(await codeOf(attempt('ada', 'wrong password'))).to.equal('rate_limited')
  })

  it('[ACC82] many wrong tries at once gain nothing', async () => {
    await using service = await openService()
    await service.signUp('ada')
    const tries = Array.from({ length: 20 }, () =>
      codeOf(service.client().sessions.signIn(signInInput('ada', 'wrong password'), service.as())),
    )
    const codes = await Promise.all(tries)
    expect(codes.filter((code) => code === 'wrong_credentials')).to.have.length(5)
    expect(codes.filter((code) => code === 'rate_limited')).to.have.length(15)
  })

  it('[ACC83] above the queue of the hasher sign-in is overloaded, and that counts as no try', async () => {
    const hasher = createPasswordHasher({ ...fastPasswords, concurrency: 1, maxQueued: 2 })
    await using service = await openService({ hasher })
    await service.signUp('ada')
    const attempts = Array.from({ length: 5 }, () =>
      service.client().sessions.signIn(signInInput('ada', 'wrong password'), service.as()),
    )
    const errors = await Promise.all(attempts.map(errorOf))
    expect(errors.filter(({ code }) => code === 'overloaded').map((e) => e.retryAfterMs)).to.deep.equal([1_000, 1_000])
    for (let n = 0; n < 2; n++) {
      const work = service.client().sessions.signIn(signInInput('ada', 'wrong password'), service.as())
      expect(await codeOf(work)).to.equal('wrong_credentials')
    }
  })

  it('[ACC85] refreshing rotates, answers the same to the same token at once, and ends the session on reuse', async () => {
    await using service = await openService()
    const first = await service.signUp('ada')
    const { sessions } = service.client()
    const refresh = (signed: Signed) => sessions.refresh({ refreshToken: signed.tokens.refreshToken }, service.as())
    service.clock.advance(1_000)
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(first)))
    const [second] = answers
    if (second === undefined) throw new Error('no answer')
    expect(new Set(answers.map(({ tokens }) => tokens.refreshToken)).size).to.equal(1)
    expect(second.tokens.refreshToken).to.not.equal(first.tokens.refreshToken)
    expect(second.tokens.refreshExpiresAtMs).to.equal(first.tokens.refreshExpiresAtMs + 1_000)
    expect(second.tokens.sessionId).to.equal(first.tokens.sessionId)
    await service.verifier.verify(second.tokens.accessToken)
    const third = await refresh(second)
    service.clock.advance(29_000)
    expect((await refresh(first)).tokens.refreshToken).to.equal(second.tokens.refreshToken)
    service.clock.advance(1_000)
    expect(await codeOf(refresh(first))).to.equal('session_ended')
    expect(await codeOf(refresh(third))).to.equal('session_ended')
    expect(await codeOf(service.verifier.verify(third.tokens.accessToken))).to.equal('session_ended')
    expect(service.events.at(-1)).to.include({ kind: 'session', reason: 'token_reused' })
  })

  it('[ACC85] an answer that was lost for longer than the grace is given anew, and the lost one ends the session', async () => {
    await using service = await openService()
    const first = await service.signUp('ada')
    const refresh = (signed: Signed) =>
      service.client().sessions.refresh({ refreshToken: signed.tokens.refreshToken }, service.as())
    const lost = await refresh(first)
    service.clock.advance(3_600_000)
    const answer = await refresh(first)
    service.clock.advance(29_999)
    expect((await refresh(first)).tokens.refreshToken).to.equal(answer.tokens.refreshToken)
    const next = await refresh(answer)
    expect(await codeOf(refresh(lost))).to.equal('session_ended')
    expect(await codeOf(refresh(next))).to.equal('session_ended')
    expect(service.events.at(-1)).to.include({ kind: 'session', reason: 'token_reused' })
  })

  it('[ACC85] a token made up, cut or of another session refreshes nothing and ends nothing', async () => {
    await using service = await openService()
    const [ada, bob] = [await service.signUp('ada'), await service.signUp('bob')]
    const [id, secret, tag] = ada.tokens.refreshToken.split('.')
    const wrong = ['', 'x', `${id}.${secret}`, `${id}.${secret}.`, `${bob.tokens.sessionId}.${secret}.${tag}`]
    for (const refreshToken of wrong) {
      expect(await codeOf(service.client().sessions.refresh({ refreshToken }, service.as()))).to.equal('session_ended')
    }
    expect(service.events.filter(({ kind }) => kind === 'session')).to.deep.equal([])
    const { refreshToken } = ada.tokens
    await service.client().sessions.refresh({ refreshToken }, service.as())
  })

  it('[ACC85] a session refreshed within its time lives on; one left alone ends by itself', async () => {
    await using service = await openService()
    let signed: Signed = await service.signUp('ada')
    const refresh = () => service.client().sessions.refresh({ refreshToken: signed.tokens.refreshToken }, service.as())
    for (let n = 0; n < 3; n++) {
      service.clock.leap(29 * dayMs)
      signed = await refresh()
    }
    service.clock.leap(30 * dayMs)
    expect(await codeOf(refresh())).to.equal('session_ended')
  })

  it('[ACC86] sessions are listed and ended, only one’s own, and told of until their tokens expired', async () => {
    await using service = await openService()
    const client = service.client()
    const [ada, bob] = [await service.signUp('ada'), await service.signUp('bob')]
    const phone = await client.sessions.signIn({ ...signInInput('ada'), client: 'phone' }, service.as())
    const { items } = await client.sessions.list({}, service.as(ada))
    expect(items.map(({ client, current }) => [client, current])).to.deep.equal([
      ['phone', false],
      ['test', true],
    ])
    expect(await codeOf(client.sessions.end({ id: phone.tokens.sessionId }, service.as(bob)))).to.equal('not_found')
    await client.sessions.end({ id: phone.tokens.sessionId }, service.as(ada))
    await client.sessions.end({ id: phone.tokens.sessionId }, service.as(ada))
    expect(await codeOf(client.me.get({}, service.as(phone)))).to.equal('session_ended')
    const { items: ended } = await client.sessions.ended({}, service.as())
    expect(ended.map(({ sessionId, reason }) => [sessionId, reason])).to.deep.equal([
      [phone.tokens.sessionId, 'signed_out'],
    ])
    expect(ended[0]?.untilMs).to.be.greaterThan(phone.tokens.accessExpiresAtMs)
    await client.sessions.end({ id: 'current' }, service.as(ada))
    expect(await codeOf(client.me.get({}, service.as(ada)))).to.equal('session_ended')
    service.clock.advance(16 * 60_000)
    expect((await client.sessions.ended({}, service.as())).items).to.deep.equal([])
  })

  it('[ACC86] signing out everywhere ends every session', async () => {
    await using service = await openService()
    const client = service.client()
    const ada = await service.signUp('ada')
    await client.sessions.signIn(signInInput('ada'), service.as())
    expect(await client.sessions.endAll({}, service.as(ada))).to.deep.equal({ ended: 2 })
    expect(await codeOf(client.me.get({}, service.as(ada)))).to.equal('session_ended')
    expect(service.events.slice(1).map((event) => 'reason' in event && event.reason)).to.deep.equal([
      'signed_out_everywhere',
      'signed_out_everywhere',
    ])
  })

  it('[ACC87] a password change asks for the present one and ends the other sessions alone', async () => {
    await using service = await openService()
    const client = service.client()
    const ada = await service.signUp('ada')
    const other = await client.sessions.signIn(signInInput('ada'), service.as())
    const change = (current: string, next: string) => client.me.changePassword({ current, next }, service.as(ada))
    expect(await codeOf(change('wrong password', 'another long walk'))).to.equal('wrong_credentials')
    expect((await errorOf(change(goodPassword, 'password123'))).fields).to.have.property('next')
    await change(goodPassword, 'another long walk')
    expect((await client.me.get({}, service.as(ada))).handle).to.equal('ada')
    expect(await codeOf(client.me.get({}, service.as(other)))).to.equal('session_ended')
    const refreshOther = client.sessions.refresh({ refreshToken: other.tokens.refreshToken }, service.as())
    expect(await codeOf(refreshOther)).to.equal('session_ended')
    expect(await codeOf(client.sessions.signIn(signInInput('ada'), service.as()))).to.equal('wrong_credentials')
    await client.sessions.signIn(signInInput('ada', 'another long walk'), service.as())
    for (let n = 0; n < 5; n++) await codeOf(change('wrong password', 'one more long walk'))
    expect(await codeOf(change('wrong password', 'one more long walk'))).to.equal('rate_limited')
  })

  it('[ACC84] keys rotate: the next is public before it signs, the old is listed as long as its tokens live', async () => {
    await using service = await openService()
    const client = service.client()
    const kidOf = ({ tokens }: Signed) => jwt.decode(tokens.accessToken, { complete: true })?.header.kid
    let signed: Signed = await service.signUp('ada')
    const firstKid = kidOf(signed)
    const listed = async (): Promise<string[]> =>
      (await client.sessions.jwks({}, service.as())).keys.map(({ kid }) => kid)
    expect(await listed()).to.deep.equal([firstKid])
    const refresh = async (): Promise<Signed> =>
      client.sessions.refresh({ refreshToken: signed.tokens.refreshToken }, service.as())
    service.clock.leap(29 * dayMs)
    signed = await refresh()
    service.clock.leap(dayMs - 60_000)
    await service.clock.run(60_000)
    await eventually(async () => (await listed()).length === 2)
    signed = await refresh()
    expect(kidOf(signed)).to.equal(firstKid)
    await service.clock.run(60_000)
    await eventually(async () => {
      signed = await refresh()
      return kidOf(signed) !== firstKid
    })
    await service.verifier.verify(signed.tokens.accessToken)
    expect(await listed()).to.have.length(2)
    expect(await listed()).to.include(firstKid)
    service.clock.leap(31 * dayMs)
    expect(await listed()).to.not.include(firstKid)
  })

  it('[ACC84] after a stop of months the first token is by a key that is listed', async () => {
    await using folder = await tempFolder()
    const file = folder.path('kept.db')
    const before = await openService({ file })
    await before[Symbol.asyncDispose]()
    before.clock.leap(61 * dayMs)
    await using after = await openService({ file, clock: before.clock, seed: 2 })
    const { tokens } = await after.signUp('ada')
    expect((await after.verifier.verify(tokens.accessToken)).actor.handle).to.equal('ada')
  })

  it('[ACC94] a restart keeps keys, tokens and sessions', async () => {
    await using folder = await tempFolder()
    const file = folder.path('kept.db')
    const before = await openService({ file })
    const ada = await before.signUp('ada')
    await before[Symbol.asyncDispose]()
    await using after = await openService({ file, clock: before.clock, seed: 2 })
    await after.verifier.verify(ada.tokens.accessToken)
    const again = await after.client().sessions.refresh({ refreshToken: ada.tokens.refreshToken }, after.as())
    expect(again.me).to.deep.equal(ada.me)
    expect((await after.client().sessions.jwks({}, after.as())).keys).to.have.length(1)
  })

  it('[ACC95] neither a password nor a token is in the file', async () => {
    await using folder = await tempFolder()
    const file = folder.path('searched.db')
    const service = await openService({ file })
    const ada = await service.signUp('ada')
    const next = await service.client().sessions.refresh({ refreshToken: ada.tokens.refreshToken }, service.as())
    const texts = [goodPassword, ...[ada, next].flatMap(({ tokens }) => [tokens.accessToken, tokens.refreshToken])]
    const secrets = texts.flatMap((text) => text.split('.')).filter((part) => part !== ada.tokens.sessionId)
    await service[Symbol.asyncDispose]()
    const stored = await readFile(file, 'latin1')
    expect(stored).to.include(UserId.parse(ada.me.id))
    for (const secret of secrets) expect(stored.includes(secret), secret).to.equal(false)
  })
})
