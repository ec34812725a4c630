import { expect } from 'chai'
import { createDrafts } from '../../src/state/drafts.js'
import { createKept } from '../../src/state/kept.js'
import { createLeftOff } from '../../src/state/left-off.js'
import { createOutbox, type OutboxDeps } from '../../src/state/outbox.js'
import { FakeStorage, FullStorage } from '../support/fake-storage.js'

describe('what is kept on the device', () => {
  it('[WEB13] a draft survives a reload, per account and target', () => {
    const storage = new FakeStorage()
    createDrafts(createKept(storage)).write('ines', 'home', 'The heron is back')
    const drafts = createDrafts(createKept(storage))
    expect(drafts.read('ines', 'home')).to.equal('The heron is back')
    expect(drafts.read('ines', 'reply:1')).to.equal('')
    expect(drafts.read('wren', 'home')).to.equal('')
  })

  it('[WEB13] an empty draft is forgotten', () => {
    const storage = new FakeStorage()
    const drafts = createDrafts(createKept(storage))
    drafts.write('ines', 'home', 'a')
    drafts.write('ines', 'home', '  ')
    expect(storage.length).to.equal(0)
  })

  it('[WEB13] words that come back are put before what is there, and only once', () => {
    const drafts = createDrafts(createKept(new FakeStorage()))
    drafts.write('ines', 'home', 'new')
    drafts.giveBack('ines', 'home', 'old')
    drafts.giveBack('ines', 'home', 'old')
    expect(drafts.read('ines', 'home')).to.equal('old\n\nnew')
  })

  for (const storage of [null, new FullStorage()])
    it(`[WEB13] a storage that is ${storage === null ? 'refused' : 'full'} loses nothing while the page lives`, () => {
      const drafts = createDrafts(createKept(storage))
      drafts.write('ines', 'home', 'kept')
      expect(drafts.read('ines', 'home')).to.equal('kept')
    })

  it('[WEB14] where the reader left off never moves back', () => {
    const left = createLeftOff(createKept(new FakeStorage()))
    left.write('ines', 'home', { id: 'B', atMs: 2 })
    left.write('ines', 'home', { id: 'A', atMs: 3 })
    expect(left.read('ines', 'home')).to.deep.equal({ id: 'B', atMs: 2 })
    expect(left.read('wren', 'home')).to.equal(null)
  })
})

type Create = OutboxDeps['client']['posts']['create']

/** An outbox over one storage, as after a (re)load of the page; `create` records and answers as told. */
function world(storage: Storage, nowMs: number, answer: Create) {
  const kept = createKept(storage)
  const drafts = createDrafts(kept)
  const sent: Parameters<Create>[] = []
  const refuse = () => Promise.reject(new Error('not asked for'))
  const posts = {
    create: (...call: Parameters<Create>) => {
      sent.push(call)
      return answer(...call)
    },
    retry: refuse,
    discard: () => null,
    get: refuse,
    many: refuse,
    edit: refuse,
    delete: refuse,
    history: refuse,
    like: refuse,
    repost: refuse,
    bookmark: refuse,
  }
  const outbox = createOutbox({ client: { posts }, kept, drafts, nowMs: () => nowMs, newKey: () => 'key1' })
  return { outbox, drafts, sent }
}
const never: Create = () => new Promise(() => {})

describe('posts on their way', () => {
  it('[WEB15] a post that a reload interrupted is sent again with the same key', () => {
    const storage = new FakeStorage()
    world(storage, 1_000, never).outbox.send('ines', { text: 'hello', replyTo: 'p' })
    const after = world(storage, 2_000, never)
    after.outbox.resume('ines')
    expect(after.sent).to.deep.equal([['hello', { idempotencyKey: 'key1', replyTo: 'p' }]])
  })

  it('[WEB15] nothing of another account is sent', () => {
    const storage = new FakeStorage()
    world(storage, 1_000, never).outbox.send('ines', { text: 'hello' })
    const after = world(storage, 2_000, never)
    after.outbox.resume('wren')
    expect(after.sent).to.have.length(0)
  })

  it('[WEB15] what is older than an hour goes back to its draft instead', () => {
    const storage = new FakeStorage()
    world(storage, 0, never).outbox.send('ines', { text: 'hello', replyTo: 'p' })
    const after = world(storage, 3_600_001, never)
    after.outbox.resume('ines')
    expect(after.sent).to.have.length(0)
    expect(after.drafts.read('ines', 'reply:p')).to.equal('hello')
  })

  it('[WEB15] an acknowledged post is forgotten, a failed one is kept, a discarded one gives its words back', async () => {
    const storage = new FakeStorage()
    const failing = world(storage, 0, () => Promise.reject(new Error('no')))
    failing.outbox.send('ines', { text: 'hello' })
    await Promise.resolve()
    expect(storage.length).to.equal(1)
    expect(failing.outbox.discard('ines', 'key1')).to.equal('hello')
    expect(storage.length).to.equal(0)
  })
})
