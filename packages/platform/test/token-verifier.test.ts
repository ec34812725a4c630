import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { expect } from 'chai'
import { AppError, Handle, SessionId, UserId, type Jwk } from '@skein/contracts'
import jwt from 'jsonwebtoken'
import {
  createEndedSessions,
  createTokenSigner,
  createTokenVerifier,
  jwkOf,
  keyIdOf,
  type Actor,
  type TokenSigner,
  type TokenVerifier,
} from '../src/index.js'
import { fakeClock } from '../src/testing.js'
import { errorOf } from './rpc-fixture.js'

const actor: Actor = {
  userId: UserId.parse('01J00000000000000000000001'),
  handle: Handle.parse('alice'),
  sessionId: SessionId.parse('01J00000000000000000000002'),
  role: 'operator',
}
const names = { issuer: 'https://skein.test', audience: 'skein' }
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })

describe('access tokens', () => {
  const clock = fakeClock()
  let ended = createEndedSessions({ clock })
  let published: Jwk[]
  let reads: number
  let failing: boolean
  let verifier: TokenVerifier

  beforeEach(() => {
    ended = createEndedSessions({ clock })
    published = [jwkOf(pair.publicKey)]
    reads = 0
    failing = false
    verifier = createTokenVerifier({
      ...names,
      clock,
      isEnded: (sessionId) => ended.has(sessionId),
      keys: () => {
        reads += 1
        return failing ? Promise.reject(new Error('away')) : Promise.resolve({ keys: published })
      },
    })
  })

  function signer(keys: { publicKey: KeyObject; privateKey: KeyObject } = pair): TokenSigner {
    return createTokenSigner({ key: keys.privateKey, kid: keyIdOf(keys.publicKey), ...names, clock })
  }

  function forged(claims: object, key: jwt.Secret, options: jwt.SignOptions & { header: jwt.JwtHeader }): string {
    const iat = Math.floor(clock.now() / 1000)
    const all = { sub: actor.userId, sid: actor.sessionId, handle: 'alice', role: 'user', iat, exp: iat + 60 }
    return jwt.sign({ iss: names.issuer, aud: names.audience, ...all, ...claims }, key, options)
  }
  const header = { alg: 'ES256', typ: 'at+jwt', kid: keyIdOf(pair.publicKey) }

  async function codeOf(token: string): Promise<string> {
    return (await errorOf(verifier.verify(token))).code
  }

  it('[AUT1] a signed token is verified as the person, session and end it was signed for', async () => {
    const { accessToken, accessExpiresAtMs } = signer().sign(actor)
    expect(await verifier.verify(accessToken)).to.deep.equal({ actor, expiresAtMs: accessExpiresAtMs })
    expect(accessExpiresAtMs).to.be.within(clock.now() + 899_000, clock.now() + 900_000)
  })

  it('[AUT2] the end counts on every call, also of a token verified before', async () => {
    const { accessToken } = signer().sign(actor, 60_000)
    await verifier.verify(accessToken)
    clock.advance(58_000)
    await verifier.verify(accessToken)
    clock.advance(2_000)
    expect(await codeOf(accessToken)).to.equal('unauthenticated')
    expect(await codeOf(accessToken)).to.equal('unauthenticated')
  })

  it('[AUT3] only ES256 of type at+jwt, our issuer, our audience and every claim are taken', async () => {
    const sign = (claims: object, head: jwt.JwtHeader = header, key: jwt.Secret = pair.privateKey): string =>
      forged(claims, key, { algorithm: 'ES256', header: head })
    await verifier.verify(sign({}))
    const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' })
    const payload = sign({}).split('.')[1] ?? ''
    const bare = Buffer.from(JSON.stringify({ ...header, alg: 'none' })).toString('base64url')
    const lying = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}`
    const wrong = {
      otherType: sign({}, { ...header, typ: 'JWT' }),
      issuer: sign({ iss: 'https://other.test' }),
      audience: sign({ aud: 'other' }),
      noSession: sign({ sid: undefined }),
      badRole: sign({ role: 'admin' }),
      expired: sign({ exp: Math.floor(clock.now() / 1000) }),
      otherKey: sign({}, header, other.privateKey),
      publicKeyAsSecret: forged({}, publicPem, { algorithm: 'HS256', header: { ...header, alg: 'HS256' } }),
      lyingAlgorithm: `${lying}.${createHmac('sha256', publicPem).update(lying).digest('base64url')}`,
      unsigned: `${bare}.${payload}.`,
      noKeyId: sign({}, { alg: 'ES256', typ: 'at+jwt' }),
      long: `${sign({})}${'x'.repeat(4_096)}`,
      noise: 'a.b.c',
      empty: '',
    }
    for (const [name, token] of Object.entries(wrong)) expect(await codeOf(token), name).to.equal('unauthenticated')
  })

  it('[AUT3] a token with its payload changed is refused', async () => {
    const [head = '', body = '', signature = ''] = signer().sign(actor).accessToken.split('.')
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object
    const changed = Buffer.from(JSON.stringify({ ...claims, handle: 'mallory' })).toString('base64url')
    expect(await codeOf(`${head}.${changed}.${signature}`)).to.equal('unauthenticated')
  })

  it('[AUT4] a token of an ended session is session_ended at once, also when verified before', async () => {
    const { accessToken, accessExpiresAtMs } = signer().sign(actor)
    await verifier.verify(accessToken)
    ended.end(actor.sessionId, accessExpiresAtMs)
    expect(await codeOf(accessToken)).to.equal('session_ended')
  })

  it('[AUT5] an unknown key id reads the keys again, at most once every 10 s, whoever asks', async () => {
    await verifier.verify(signer().sign(actor).accessToken)
    expect(reads).to.equal(1)
    const rotated = signer(other).sign(actor).accessToken
    published.push(jwkOf(other.publicKey))
    expect(await codeOf(rotated)).to.equal('unauthenticated')
    expect(reads).to.equal(1)
    clock.advance(10_000)
    await Promise.all([verifier.verify(rotated), verifier.verify(rotated), verifier.verify(rotated)])
    expect(reads).to.equal(2)
  })

  it('[AUT6] while no keys could be read at all the answer is unavailable, and reading is tried again after 1 s', async () => {
    failing = true
    const { accessToken } = signer().sign(actor)
    expect(await codeOf(accessToken)).to.equal('unavailable')
    expect(await codeOf(accessToken)).to.equal('unavailable')
    expect(reads).to.equal(1)
    failing = false
    clock.advance(1_000)
    await verifier.verify(accessToken)
    expect(reads).to.equal(2)
  })

  it('[AUT7] a key that is not P-256 can neither sign nor be published', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const config = { kid: 'k', ...names, clock }
    expect(() => createTokenSigner({ key: rsa.privateKey, ...config })).to.throw('P-256')
    expect(() => createTokenSigner({ key: pair.publicKey, ...config })).to.throw('P-256')
    expect(() => jwkOf(rsa.publicKey)).to.throw()
    expect(jwkOf(pair.privateKey)).not.to.have.property('d')
  })
})

describe('ended sessions', () => {
  it('[AUT8] an ended session is known until its last token has expired, and then forgotten', () => {
    const clock = fakeClock()
    const ended = createEndedSessions({ clock })
    ended.end('a', clock.now() + 10_000)
    ended.end('a', clock.now() + 5_000)
    ended.end('past', clock.now())
    clock.advance(9_999)
    expect([ended.has('a'), ended.has('b'), ended.has('past')]).to.deep.equal([true, false, false])
    clock.advance(1)
    expect(ended.has('a')).to.equal(false)
    clock.advance(60_000)
    ended.end('c', clock.now() + 1)
    expect(ended.size).to.equal(1)
  })

  it('[AUT9] an error of the verifier holds nothing of the token', async () => {
    const verifier = createTokenVerifier({
      ...names,
      clock: fakeClock(),
      isEnded: () => false,
      keys: () => Promise.resolve({ keys: [] }),
    })
    const error = await errorOf(verifier.verify('aaa.bbb.secret'))
    expect(error).to.be.instanceOf(AppError)
    expect(error.message).not.to.contain('secret')
  })
})
