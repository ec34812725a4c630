import { expect } from 'chai'
import type { SessionId } from '@skein/contracts'
import type { Refresh } from '../src/domain/sessions.js'
import type { AccountStore, RefreshOutcome } from '../src/store/account-store.js'
import type { WithStore } from './account-store.contract.js'
import { ending, nowMs } from './store-harness.js'

const graceMs = 30_000
const tokenTtlMs = 1_000_000
const untilMs = nowMs + 900_000

function spend(
  store: AccountStore,
  id: SessionId,
  [token, next]: [string, string],
  atMs = nowMs,
): Promise<RefreshOutcome> {
  const refresh: Refresh = { tokenHash: token, successorHash: () => next, nowMs: atMs, graceMs, tokenTtlMs }
  return store.refresh(id, refresh, atMs + 900_000)
}

export function testSessions(withStore: WithStore): void {
  it(
    '[ACC10] the live sessions of a person are listed, the last used first',
    withStore(async ({ store, act }) => {
      const ada = act.user('ada')
      const [first, second, old] = [
        act.session(ada.id, { tokenHash: 'a', createdAtMs: nowMs - 5 }),
        act.session(ada.id, { client: 'phone' }),
        act.session(ada.id, { tokenExpiresAtMs: nowMs }),
      ]
      await store.createUser(ada, first)
      expect(await store.createSession(second, ada.passwordHash)).to.equal('created')
      expect(await store.createSession(old, ada.passwordHash)).to.equal('created')
      expect((await store.sessionsOf(ada.id, nowMs)).map(({ id }) => id)).to.deep.equal([second.id, first.id])
      await spend(store, first.id, ['a', 'b'], nowMs + 1)
      expect((await store.sessionsOf(ada.id, nowMs)).map(({ id }) => id)).to.deep.equal([first.id, second.id])
      expect(await store.sessionById(second.id)).to.deep.include({ client: 'phone', rev: 1, spent: [], end: null })
    }),
  )

  it(
    '[ACC11] no session begins with a password that was changed meanwhile, or of a suspended person',
    withStore(async ({ store, act }) => {
      const { ada } = await act.people('ada')
      expect(await store.createSession(act.session(ada), 'another hash')).to.equal('refused')
      expect(await store.createSession(act.session(act.ids.user()), null)).to.equal('refused')
      await store.setSuspended(ada, true, ending('suspended'))
      expect(await store.createSession(act.session(ada), 'hash of ada')).to.equal('refused')
      await store.setSuspended(ada, false, ending('suspended'))
      expect(await store.createSession(act.session(ada), 'hash of ada')).to.equal('created')
    }),
  )

  it(
    '[ACC12] a refresh token is spent once; within the grace it gets the same successor',
    withStore(async ({ store, act, events }) => {
      const { ada } = await act.people('ada')
      const session = act.session(ada, { tokenHash: 'a' })
      await store.createSession(session, null)
      const before = await events()
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => spend(store, session.id, ['a', 'b'])))
      expect(outcomes.map(({ kind }) => kind).sort()).to.deep.equal([...Array<string>(9).fill('repeated'), 'rotated'])
      expect(await store.sessionById(session.id)).to.include({ tokenHash: 'b', tokenExpiresAtMs: nowMs + tokenTtlMs })
      expect(await spend(store, session.id, ['b', 'c'], nowMs + 10)).to.include({ kind: 'rotated' })
      expect(await spend(store, session.id, ['a', 'b'], nowMs + graceMs - 1)).to.include({ kind: 'repeated' })
      expect(await events()).to.deep.equal(before)
    }),
  )

  it(
    '[ACC13] a token spent longer ago ends its session, and says so once',
    withStore(async ({ store, act, events }) => {
      const { ada } = await act.people('ada')
      const session = act.session(ada, { tokenHash: 'a' })
      await store.createSession(session, null)
      await spend(store, session.id, ['a', 'b'])
      await spend(store, session.id, ['b', 'c'])
      const lateMs = nowMs + graceMs
      expect(await spend(store, session.id, ['a', 'b'], lateMs)).to.include({ kind: 'reused' })
      expect(await spend(store, session.id, ['a', 'b'], lateMs)).to.include({ kind: 'over' })
      expect(await spend(store, session.id, ['c', 'd'], lateMs)).to.include({ kind: 'over' })
      expect((await events()).at(-1)).to.deep.equal({
        kind: 'session',
        id: `session:${session.id}@2`,
        entity: `session:${session.id}`,
        subject: ada,
        rev: 2,
        atMs: lateMs,
        sessionId: session.id,
        userId: ada,
        reason: 'token_reused',
        untilMs: lateMs + 900_000,
      })
      expect((await events()).filter(({ kind }) => kind === 'session')).to.have.length(1)
    }),
  )

  it(
    '[ACC21] the token spent last gets a successor however late, in place of the one before, which ends the session',
    withStore(async ({ store, act, events }) => {
      const { ada } = await act.people('ada')
      const session = act.session(ada, { tokenHash: 'a' })
      await store.createSession(session, null)
      const before = await events()
      await spend(store, session.id, ['a', 'b'])
      const lateMs = nowMs + 10 * graceMs
      const late = await Promise.all(Array.from({ length: 10 }, () => spend(store, session.id, ['a', 'c'], lateMs)))
      expect(late.map(({ kind }) => kind).sort()).to.deep.equal([...Array<string>(9).fill('repeated'), 'rotated'])
      const kept = { tokenHash: 'c', tokenExpiresAtMs: lateMs + tokenTtlMs, lastUsedAtMs: lateMs }
      expect(await store.sessionById(session.id)).to.deep.include({
        ...kept,
        spent: [{ hash: 'a', spentAtMs: lateMs }],
      })
      expect(await events()).to.deep.equal(before)
      expect(await spend(store, session.id, ['b', 'd'], lateMs)).to.include({ kind: 'reused' })
      expect(await spend(store, session.id, ['c', 'd'], lateMs)).to.include({ kind: 'over' })
    }),
  )

  it(
    '[ACC14] an expired or unknown session refreshes nothing',
    withStore(async ({ store, act }) => {
      const { ada } = await act.people('ada')
      const session = act.session(ada, { tokenHash: 'a', tokenExpiresAtMs: nowMs + 5 })
      await store.createSession(session, null)
      expect(await spend(store, session.id, ['a', 'b'], nowMs + 5)).to.deep.equal({ kind: 'over' })
      expect(await spend(store, act.ids.session(), ['a', 'b'])).to.deep.equal({ kind: 'over' })
    }),
  )

  it(
    '[ACC15] an ended session has its event once, is no longer live, and is told of until its tokens expired',
    withStore(async ({ store, act, events }) => {
      const { ada, bob } = await act.people('ada', 'bob')
      const session = act.session(ada)
      await store.createSession(session, null)
      expect(await store.endSession(session.id, bob, ending('signed_out'))).to.equal(false)
      expect(await store.endSession(session.id, ada, ending('signed_out'))).to.equal(true)
      expect(await store.endSession(session.id, ada, ending('signed_out', { untilMs: untilMs + 1 }))).to.equal(true)
      expect(await store.endSession(act.ids.session(), ada, ending('signed_out'))).to.equal(false)
      expect(await store.sessionsOf(ada, nowMs)).to.deep.equal([])
      const told = { sessionId: session.id, untilMs, reason: 'signed_out' }
      expect(await store.endedSessions(untilMs - 1)).to.deep.equal([told])
      expect(await store.endedSessions(untilMs)).to.deep.equal([])
      expect((await events()).slice(2)).to.have.length(1)
    }),
  )

  it(
    '[ACC16] ending all sessions of a person ends each live one, but the one to keep',
    withStore(async ({ store, act, events }) => {
      const { ada, bob } = await act.people('ada', 'bob')
      const [one, two, three, other] = [act.session(ada), act.session(ada), act.session(ada), act.session(bob)]
      for (const session of [one, two, three, other]) await store.createSession(session, null)
      await store.endSession(three.id, ada, ending('signed_out'))
      expect(await store.endSessions(ada, one.id, ending('signed_out_everywhere'))).to.equal(1)
      expect(await store.endSessions(ada, null, ending('signed_out_everywhere'))).to.equal(1)
      expect(await store.endSessions(ada, null, ending('signed_out_everywhere'))).to.equal(0)
      expect(await store.sessionsOf(bob, nowMs)).to.have.length(1)
      const ended = (await events()).flatMap((event) => (event.kind === 'session' ? [event.sessionId] : []))
      expect(ended).to.deep.equal([three.id, two.id, one.id])
    }),
  )

  it(
    '[ACC17] of two password changes at once one is made, and it ends the other sessions',
    withStore(async ({ store, act, events }) => {
      const { ada } = await act.people('ada')
      const [mine, other] = [act.session(ada), act.session(ada)]
      for (const session of [mine, other]) await store.createSession(session, null)
      const change = (next: string) =>
        store.changePassword({ userId: ada, expected: 'hash of ada', next, keep: mine.id }, ending('password_changed'))
      expect(await Promise.all([change('x'), change('y')])).to.have.members([1, 'stale'])
      expect((await store.credentialsById(ada))?.passwordHash).to.be.oneOf(['x', 'y'])
      expect((await store.sessionsOf(ada, nowMs)).map(({ id }) => id)).to.deep.equal([mine.id])
      expect((await events()).at(-1)).to.include({ sessionId: other.id, reason: 'password_changed' })
    }),
  )

  it(
    '[ACC18] a suspension ends every session',
    withStore(async ({ store, act, events }) => {
      const { ada } = await act.people('ada')
      await store.createSession(act.session(ada), null)
      expect(await store.setSuspended(ada, true, ending('suspended'))).to.equal(true)
      expect(await store.sessionsOf(ada, nowMs)).to.deep.equal([])
      expect((await events()).at(-1)).to.include({ kind: 'session', reason: 'suspended' })
      expect(await store.userById(ada)).to.include({ suspended: true })
      expect(await store.setSuspended(act.ids.user(), true, ending('suspended'))).to.equal(false)
    }),
  )

  it(
    '[ACC19] the sweep forgets what can open nothing, and nothing else',
    withStore(async ({ store, act }) => {
      const { ada } = await act.people('ada')
      const [live, expired, endedSession] = [
        act.session(ada),
        act.session(ada, { tokenExpiresAtMs: nowMs }),
        act.session(ada, { tokenExpiresAtMs: nowMs }),
      ]
      for (const session of [live, expired, endedSession]) await store.createSession(session, null)
      await store.endSession(endedSession.id, ada, ending('signed_out'))
      const key = { kid: 'k', privateKeyPem: 'pem', createdAtMs: nowMs, expiresAtMs: untilMs }
      await store.addSigningKey(key, null)
      await store.sweep(nowMs)
      expect(await store.sessionById(expired.id)).to.equal(null)
      expect(await store.sessionById(live.id)).to.not.equal(null)
      expect(await store.endedSessions(nowMs)).to.have.length(1)
      expect(await store.signingKeys()).to.deep.equal([key])
      await store.sweep(untilMs)
      expect(await store.sessionById(endedSession.id)).to.equal(null)
      expect(await store.sessionById(live.id)).to.not.equal(null)
      expect(await store.signingKeys()).to.deep.equal([])
    }),
  )

  it(
    '[ACC20] of several processes that add a signing key, one does; a secret is kept as first given',
    withStore(async ({ store }) => {
      const key = (kid: string, createdAtMs: number) => ({ kid, privateKeyPem: kid, createdAtMs, expiresAtMs: untilMs })
      await Promise.all(['a', 'b', 'c'].map((kid) => store.addSigningKey(key(kid, 1), null)))
      const [first, ...others] = await store.signingKeys()
      expect(others).to.deep.equal([])
      await Promise.all(['d', 'e'].map((kid) => store.addSigningKey(key(kid, 2), first?.kid ?? null)))
      expect((await store.signingKeys()).map(({ createdAtMs }) => createdAtMs)).to.deep.equal([2, 1])
      const keep = (name: string, n: 0 | 1) =>
        store.keepSecret(name, n === 0 ? Uint8Array.of(1, 2) : Uint8Array.of(3, 4))
      const kept = [await keep('s', 0), await keep('s', 1)]
      expect(kept.map((bytes) => [...bytes])).to.deep.equal([
        [1, 2],
        [1, 2],
      ])
      const [one, other] = await Promise.all([keep('t', 0), keep('t', 1)])
      expect(one).to.deep.equal(other)
    }),
  )
}
