import { expect } from 'chai'
import { SkeinError } from '../src/errors.js'
import { following, home, pendingBy, shownBy, texts } from './support/home.js'
import { ViewHarness } from './support/view-harness.js'
import { World } from './support/world.js'
import { settle } from './support/fake-clock.js'

describe('feed view: gaps, outages, older pages, failures', () => {
  it('[SDK57] a gap is filled by reading until nothing is missing, and what is new waits in pending', async () => {
    const h = await home(5)
    h.cut()
    for (let n = 0; n < 250; n += 1) h.world.post('ann', `missed ${n}`)
    h.world.delete([...h.world.posts.keys()][0] ?? '')
    h.world.windowStart = h.world.head
    h.back()
    h.hear()
    expect(h.view.getSnapshot().gap).to.deep.equal({ belowId: null, state: 'loading' })
    expect(h.view.getSnapshot().live).to.equal(false)
    await h.quiet()
    expect(h.view.getSnapshot()).to.include({ gap: null, live: true, older: 'end' })
    expect(shownBy(h)).to.deep.equal(['post 4', 'post 3', 'post 2', 'post 1'])
    expect(pendingBy(h)).to.have.length(250)
  })

  it('[SDK57] more than 1,000 missing lines: the newest stay, what is below the hole is forgotten and comes with loadOlder', async () => {
    const h = await home(5)
    h.cut()
    for (let n = 0; n < 1_300; n += 1) h.world.post('ann', `missed ${n}`)
    h.world.windowStart = h.world.head
    await h.quiet()
    h.view.showPending()
    const { items, older } = h.view.getSnapshot()
    expect(older).to.equal('more')
    expect(items.length).to.be.within(1_000, 1_100)
    for (let n = 0; n < 100 && h.view.getSnapshot().older !== 'end'; n += 1) {
      void h.view.loadOlder()
      await h.quiet()
    }
    expect(shownBy(h)).to.have.length(1_305)
    expect(shownBy(h).at(-1)).to.equal('post 0')
  })

  it('[SDK58] with onGap mark the hole is shown, live goes on above it, and fillGap closes it', async () => {
    const h = await home(3, { onGap: 'mark', autoShow: true })
    const top = h.view.getSnapshot().items[0]?.id
    h.cut()
    h.world.post('ann', 'missed')
    h.world.windowStart = h.world.head
    await h.quiet()
    expect(h.view.getSnapshot().gap).to.deep.equal({ belowId: null, state: 'offered' })
    h.world.post('ann', 'after')
    await h.quiet()
    const { items, gap } = h.view.getSnapshot()
    expect(texts(items)).to.deep.equal(['after', 'post 2', 'post 1', 'post 0'])
    expect(gap).to.deep.equal({ belowId: items[0]?.id, state: 'offered' })
    expect(items[1]?.id).to.equal(top)
    const filling = h.view.fillGap()
    expect(h.view.getSnapshot().gap?.state).to.equal('loading')
    await h.quiet()
    await filling
    expect(shownBy(h)).to.deep.equal(['after', 'missed', 'post 2', 'post 1', 'post 0'])
    expect(h.view.getSnapshot().gap).to.equal(null)
  })

  it('[SDK58] a fill that fails says so and can be tried again', async () => {
    const h = await home(1, { onGap: 'mark' })
    h.cut()
    h.world.post('ann', 'missed')
    h.world.windowStart = h.world.head
    await h.quiet()
    h.readFault = () => new SkeinError('internal', 'broken', { retryable: false })
    const failed = h.view.fillGap().catch((error: unknown) => error)
    await h.quiet()
    expect(await failed).to.include({ code: 'internal' })
    expect(h.view.getSnapshot().gap?.state).to.equal('failed')
    h.readFault = null
    void h.view.fillGap()
    await h.quiet()
    expect(h.view.getSnapshot().gap).to.equal(null)
  })

  it('[SDK59] an outage ends with how many posts were caught up', async () => {
    const h = await home(1)
    h.cut()
    expect(h.view.getSnapshot().live).to.equal(false)
    for (const text of ['one', 'two']) h.world.post('ann', text)
    h.world.repost('bob', [...h.world.posts.keys()][1] ?? '')
    h.back()
    while (h.hear());
    expect(h.view.getSnapshot()).to.include({ live: true })
    expect(h.view.getSnapshot().caughtUp?.posts).to.equal(2)
    await h.clock.advance(40_000)
    expect(h.view.getSnapshot().caughtUp).to.equal(null)
  })

  it('[SDK60] loadOlder goes back to the first post ever and skips pages that would show nothing', async () => {
    const world = following('ann', 'bob')
    world.post('ann', 'the first')
    const famous = world.post('zoe', 'famous')
    for (let n = 0; n < 30; n += 1) {
      const fan = `fan${n}`
      world.follow('me', fan)
      world.repost(fan, famous.id)
    }
    const h = await home(0, { world, pageSize: 10 })
    expect(shownBy(h)).to.deep.equal(['famous'])
    void h.view.loadOlder()
    expect(h.view.getSnapshot().older).to.equal('loading')
    await h.quiet()
    expect(shownBy(h)).to.deep.equal(['famous', 'the first'])
    expect(h.view.getSnapshot().older).to.equal('end')
  })

  it('[SDK60] a line whose id is older than what is held is left for loadOlder', async () => {
    const h = await home(30)
    const late = h.world.post('bob', 'late', { back: 25 })
    await h.quiet()
    expect(h.view.state.lines.some(({ id }) => id === late.id)).to.equal(false)
    for (let n = 0; n < 3; n += 1) {
      void h.view.loadOlder()
      await h.quiet()
    }
    expect(shownBy(h)).to.include('late')
    expect(shownBy(h)).to.have.length(31)
  })

  it('[SDK60] loadOlder that fails says so and rejects', async () => {
    const h = await home(30)
    h.readFault = () => new SkeinError('unavailable', 'away', { retryable: true })
    const failed = h.view.loadOlder().catch((error: unknown) => error)
    await h.quiet()
    expect(await failed).to.include({ code: 'unavailable' })
    expect(h.view.getSnapshot().older).to.equal('failed')
  })

  it('[SDK61] a first load that fails is tried again by itself while that may help', async () => {
    const world = following('ann')
    world.post('ann', 'hello')
    const h = new ViewHarness('home', { world })
    let failures = 0
    h.readFault = () => ((failures += 1) < 4 ? new SkeinError('unavailable', 'away', { retryable: true }) : undefined)
    await settle()
    await h.answer()
    expect(h.view.getSnapshot()).to.include({ status: 'failed' })
    expect(h.view.getSnapshot().error).to.include({ code: 'unavailable' })
    await h.quiet()
    expect(failures).to.equal(4)
    expect(h.view.getSnapshot()).to.include({ status: 'ready', error: null })
  })

  it('[SDK61] a refusal stays failed until reload', async () => {
    const world = following('ann')
    world.post('ann', 'hello')
    const h = new ViewHarness('home', { world })
    h.readFault = () => new SkeinError('not_found', 'nobody', { retryable: false })
    await h.quiet()
    expect(h.reads).to.equal(1)
    expect(h.view.getSnapshot().error).to.include({ code: 'not_found' })
    h.readFault = null
    void h.view.reload()
    expect(h.view.getSnapshot().status).to.equal('loading')
    await h.quiet()
    expect(shownBy(h)).to.deep.equal(['hello'])
    expect(h.view.getSnapshot().live).to.equal(true)
  })

  it('[SDK62] a snapshot never changes, is made anew at each change, and listeners hear once a microtask', async () => {
    const h = await home(1)
    const before = h.view.getSnapshot()
    expect(h.view.getSnapshot()).to.equal(before)
    let heard = 0
    const stop = h.view.subscribe(() => (heard += 1))
    h.world.post('ann', 'a')
    h.world.post('ann', 'b')
    h.hear()
    h.hear()
    await settle()
    expect(heard).to.equal(1)
    expect(before.pending).to.deep.equal([])
    expect(h.view.getSnapshot()).to.not.equal(before)
    expect(h.view.getSnapshot().items[0]).to.equal(before.items[0])
    stop()
    h.world.post('ann', 'c')
    await h.quiet()
    expect(heard).to.equal(1)
  })

  it('[SDK63] waiting lines are bounded: beyond 2,000 the older are given up, told as a gap and read when wanted', async () => {
    const h = await home(1)
    for (let n = 0; n < 2_001; n += 1) h.world.post('ann', `flood ${n}`)
    while (h.hear());
    expect(h.view.getSnapshot().pending).to.have.length(1_000)
    expect(h.view.getSnapshot().gap?.state).to.equal('offered')
    h.view.showPending()
    await h.quiet()
    expect(h.view.getSnapshot().gap).to.equal(null)
    expect(shownBy(h)[0]).to.equal('flood 2000')
  })

  it('[SDK64] `more` counts as missing posts and they are read', async () => {
    const world = new World()
    world.post('ann', 'first')
    const h = new ViewHarness('public', { world, autoShow: true })
    await h.open()
    for (let n = 0; n < 6; n += 1) world.post('ann', `${n}`)
    h.flood(4)
    h.hear()
    expect(h.view.getSnapshot().gap?.state).to.equal('loading')
    await h.quiet()
    expect(shownBy(h)).to.deep.equal(['5', '4', '3', '2', '1', '0', 'first'])
  })

  it('[SDK65] in a thread a deleted post stays as an empty place while something is below it', async () => {
    const world = new World()
    const root = world.post('ann', 'root')
    const reply = world.post('bob', 'reply', { replyTo: root.id })
    const below = world.post('cem', 'below', { replyTo: reply.id })
    const h = new ViewHarness(`thread:${root.id}`, { world })
    await h.open()
    world.delete(reply.id)
    h.hear()
    expect(shownBy(h)).to.deep.equal(['below', ''])
    await h.quiet()
    expect(shownBy(h)).to.deep.equal(['below', ''])
    world.delete(below.id)
    await h.quiet()
    expect(shownBy(h)).to.deep.equal([])
    world.delete(root.id)
    await h.quiet()
    expect(h.view.state.beside[0]).to.include({ text: '' }).and.to.have.property('deletedAtMs')
  })

  it("[SDK66] a person's feed without replies, or of replies only, stays so live", async () => {
    const world = new World()
    const first = world.post('ann', 'top')
    const h = new ViewHarness('user:ann', { world, replies: 'exclude', autoShow: true })
    const only = new ViewHarness('user:ann', { world, replies: 'only', autoShow: true })
    const pump = world.onAppend
    await h.open()
    await only.open()
    world.onAppend = () => {}
    world.post('ann', 'reply', { replyTo: first.id })
    world.post('ann', 'top 2')
    for (const each of [h, only]) {
      each.cut()
      await each.quiet()
    }
    expect(shownBy(h)).to.deep.equal(['top 2', 'top'])
    expect(shownBy(only)).to.deep.equal(['reply'])
    expect(pump).to.be.a('function')
  })

  it('[SDK67] an own post is shown at once, not as pending, and once', async () => {
    const h = await home(1)
    const post = h.world.post('me', 'mine')
    h.own.add(post.id)
    await h.quiet()
    h.view.apply({ type: 'line', line: { id: post.id, post }, isOwn: true })
    expect(shownBy(h)).to.deep.equal(['mine', 'post 0'])
    expect(h.view.getSnapshot().fresh.size).to.equal(0)
  })

  it('[SDK68] a closed view hears nothing more', async () => {
    const h = await home(1)
    await h.view.close()
    const before = h.view.getSnapshot()
    h.world.post('ann', 'unheard')
    await h.quiet()
    expect(texts(before.items)).to.deep.equal(texts(h.view.getSnapshot().items))
    expect(await h.view.reload().catch((error: unknown) => error)).to.include({ code: 'closed' })
  })
})
