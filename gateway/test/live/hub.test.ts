import { expect } from 'chai'
import { posted, record, related, reposted, settle, Stage, tag, user, type TestSocket } from './support.js'

const home = { kind: 'home', key: '' } as const
const open = { kind: 'public', key: '' } as const

function from(stage: Stage, seq: number) {
  return { index: seq - 1, positions: [{ epoch: stage.window.epoch, seq }], cursor: `s1.e-${seq.toString(36)}` }
}

async function stageWith(follows: Record<number, number[]>): Promise<Stage> {
  const stage = new Stage()
  for (const [who, whom] of Object.entries(follows)) stage.follows.set(Number(who), whom)
  return stage
}

describe('live hub', () => {
  it('[LIV1] without a cursor a subscription gets what comes from now on, and not what was before', async () => {
    const stage = await stageWith({ 1: [2] })
    stage.emit(posted(1, 2))
    await settle()
    const reader = await stage.connect(1)
    expect(stage.hub.subscribe(reader.socket, 'home', home, null)).to.equal(stage.window.cursor)
    stage.emit(posted(2, 2), posted(3, 9))
    await settle()
    expect(reader.lines).to.deep.equal(['post 2'])
    expect(reader.of('post')[0]).to.deep.include({ feeds: ['home'], cursor: 's1.e-2', replayed: false })
  })

  it('[LIV2] from a cursor: exactly what was missed, in order, then caught-up, with no read', async () => {
    const stage = await stageWith({ 1: [2] })
    const reader = await stage.connect(1)
    stage.emit(posted(1, 2), posted(2, 2), posted(3, 9), posted(4, 2))
    await settle()
    const loads = stage.loads.length
    stage.hub.subscribe(reader.socket, 'home', home, from(stage, 1))
    await settle()
    stage.emit(posted(5, 2))
    await settle()
    expect(reader.events.map((e) => e.type)).to.deep.equal(['post', 'post', 'caught-up', 'post'])
    expect(reader.lines).to.deep.equal(['post 2', 'post 4', 'post 5'])
    expect(reader.of('caught-up')[0]).to.deep.include({ replayed: 2, feeds: ['home'], cursor: 's1.e-4' })
    expect(stage.loads.length).to.equal(loads)
  })

  it('[LIV3] when the window is cleared every subscription hears gap and goes on from there', async () => {
    const stage = await stageWith({ 1: [2] })
    const reader = await stage.connect(1)
    stage.hub.subscribe(reader.socket, 'home', home, null)
    stage.emit(posted(1, 2))
    await settle()
    stage.window.epoch = 'f'
    stage.hub.hold()
    await stage.hub.release(settle)
    stage.emit(posted(2, 2))
    await settle()
    expect(reader.events.map((e) => e.type)).to.deep.equal(['post', 'gap', 'post'])
    expect(reader.of('gap')[0]).to.deep.include({ reason: 'epoch', cursor: 's1.f-1' })
  })

  it('[LIV6] one entry is one string for all sockets of a combination, and one turn is one frame', async () => {
    const stage = await stageWith({ 1: [3], 2: [3] })
    const readers = [await stage.connect(1), await stage.connect(2)]
    for (const reader of readers) {
      stage.hub.subscribe(reader.socket, 'home', home, null)
      stage.hub.subscribe(reader.socket, 'public', open, null)
    }
    stage.emit(posted(1, 3), posted(2, 3))
    await settle()
    expect(readers.map((reader) => reader.frames.length)).to.deep.equal([1, 1])
    expect(readers[0]?.frames[0]).to.equal(readers[1]?.frames[0])
    expect(readers[0]?.of('post').map((event) => event.feeds)).to.deep.equal([
      ['home', 'public'],
      ['home', 'public'],
    ])
  })

  it('[LIV7] a socket that does not drain is paused, holds no more than its limit, and later gets everything once', async () => {
    const stage = await stageWith({ 1: [2], 3: [2] })
    const slow = await stage.connect(1)
    const quick = await stage.connect(3)
    for (const reader of [slow, quick]) stage.hub.subscribe(reader.socket, 'home', home, null)
    for (let n = 1; n <= 400; n++) {
      stage.emit(posted(n, 2, { text: 'x'.repeat(1_000) }))
      if (n % 10 === 0) await settle(3)
      quick.drain()
    }
    await settle()
    expect(slow.socket.paused).to.equal(true)
    expect(slow.socket.queuedBytes).to.be.below(300 * 1_024)
    expect(quick.of('post').length).to.equal(400)
    for (let i = 0; i < 40; i++) {
      slow.drain()
      await settle(8)
    }
    expect(idsOf(slow)).to.deep.equal(idsOf(quick))
    stage.emit(posted(401, 2))
    await settle()
    expect(slow.lines.at(-1)).to.equal('post 401')
  })

  it('[LIV8] a position that left the window closes the socket as slow, and nothing is sent past the hole', async () => {
    const stage = await stageWith({ 1: [2] })
    const reader = await stage.connect(1)
    stage.emit(posted(1, 2), posted(2, 2), posted(3, 2))
    await settle()
    stage.window.floorIndex = 2
    stage.hub.subscribe(reader.socket, 'home', home, from(stage, 0))
    stage.slow.length = 0
    await settle(4)
    expect(stage.slow).to.include(reader.socket)
    expect(reader.lines).to.deep.equal([])
    stage.hub.remove(reader.socket)
  })

  it('[LIV9] a quiet socket hears its cursor', async () => {
    const stage = await stageWith({ 1: [] })
    const reader = await stage.connect(1)
    stage.hub.subscribe(reader.socket, 'home', home, null)
    stage.emit(posted(1, 9))
    await settle()
    stage.nowMs = 14_999
    stage.hub.sendCursors(15_000)
    stage.nowMs = 15_000
    stage.hub.sendCursors(15_000)
    stage.hub.sendCursors(15_000)
    await settle()
    expect(reader.events).to.deep.equal([{ type: 'cursor', feeds: ['home'], cursor: 's1.e-1' }])
  })

  it('[LIV10] a follow and an unfollow arrive as sources; the removed are silent from then on', async () => {
    const stage = await stageWith({ 1: [2] })
    const reader = await stage.connect(1)
    stage.hub.subscribe(reader.socket, 'home', home, null)
    stage.emit(posted(1, 2))
    await settle()
    stage.emit(related('follow', 1, 2, false, 2), posted(2, 2), related('follow', 1, 3, true, 1), posted(3, 3))
    await settle()
    expect(reader.lines).to.deep.equal(['post 1', 'post 3'])
    expect(reader.of('sources')).to.deep.equal([
      { type: 'sources', added: [], removed: [user(2)], feeds: ['home'], cursor: 's1.e-2' },
      { type: 'sources', added: [user(3)], removed: [], feeds: ['home'], cursor: 's1.e-4' },
    ])
  })

  it('[LIV10] a block silences both ends, in public too; others still read both', async () => {
    const stage = await stageWith({ 1: [2], 2: [1] })
    const [one, two, other] = [await stage.connect(1), await stage.connect(2), await stage.connect(null)]
    for (const reader of [one, two, other]) stage.hub.subscribe(reader.socket, 'public', open, null)
    stage.emit(related('block', 1, 2, true, 1), posted(1, 1), posted(2, 2))
    await settle()
    expect(one.lines).to.deep.equal(['post 1'])
    expect(two.lines).to.deep.equal(['post 2'])
    expect(other.lines).to.deep.equal(['post 1', 'post 2'])
    expect([one.of('sources').length, two.of('sources').length, other.of('sources').length]).to.deep.equal([1, 1, 0])
  })

  it('[LIV12] a delete reaches who follows a reposter, and replay leaves out the deleted post', async () => {
    const stage = await stageWith({ 1: [3] })
    const reader = await stage.connect(1)
    stage.hub.subscribe(reader.socket, 'home', home, null)
    const post = record(1, 2)
    stage.emit(posted(1, 2), reposted(1, 3, post))
    stage.emit(posted(1, 2, { rev: 2, text: '', deletedAtMs: 5 }, { spreaders: [user(3)] }))
    await settle()
    expect(reader.events.map((e) => e.type)).to.deep.equal(['post', 'delete'])
    const later = await stage.connect(2)
    stage.hub.subscribe(later.socket, 'home', home, from(stage, 0))
    await settle()
    expect(later.of('post')).to.deep.equal([])
    expect(later.of('delete').length).to.equal(1)
  })

  it('[LIV12] replay sends an edited post once, as its newest text; who held it gets the edit', async () => {
    const stage = await stageWith({ 1: [2], 4: [2] })
    const held = await stage.connect(4)
    stage.hub.subscribe(held.socket, 'home', home, null)
    stage.emit(posted(1, 2), posted(2, 2), posted(1, 2, { rev: 2, text: 'edited' }, { spreaders: [] }))
    await settle()
    expect(held.events.map((e) => e.type)).to.deep.equal(['post', 'post', 'edit'])
    const reader = await stage.connect(1)
    stage.hub.subscribe(reader.socket, 'home', home, from(stage, 0))
    await settle()
    expect(reader.lines).to.deep.equal(['post 2', 'edited'])
  })

  it('[LIV12] an edit that brings a tag in sends the line to that tag; one that takes it out takes the line away', async () => {
    const stage = await stageWith({})
    const [came, left] = [await stage.connect(null), await stage.connect(null)]
    stage.hub.subscribe(came.socket, 'tag:new', { kind: 'tag', key: 'new' }, null)
    stage.hub.subscribe(left.socket, 'tag:old', { kind: 'tag', key: 'old' }, null)
    stage.emit(
      posted(1, 2, { tags: [tag('old')] }),
      posted(1, 2, { rev: 2, tags: [tag('new')] }, { formerTags: [tag('old')], spreaders: [] }),
    )
    await settle()
    expect(came.events.map((e) => e.type)).to.deep.equal(['post'])
    expect(left.events.map((e) => e.type)).to.deep.equal(['post', 'delete'])
  })

  it('[LIV13] above twenty a second an open feed counts the rest; home gets every post', async () => {
    const stage = await stageWith({ 1: [2] })
    const reader = await stage.connect(1)
    stage.hub.subscribe(reader.socket, 'home', home, null)
    const watcher = await stage.connect(null)
    stage.hub.subscribe(watcher.socket, 'public', open, null)
    for (let n = 1; n <= 50; n++) stage.emit(posted(n, 2))
    await settle()
    stage.hub.sendMore()
    await settle()
    expect(reader.lines.length).to.equal(50)
    expect(watcher.lines.length).to.equal(20)
    expect(watcher.of('more')).to.deep.equal([{ type: 'more', count: 30, feeds: ['public'], cursor: 's1.e-1e' }])
  })

  it('[LIV19] delivery waits for names that cannot be read, in order, and skips nothing', async () => {
    const stage = await stageWith({ 1: [2, 3] })
    const reader = await stage.connect(1)
    stage.hub.subscribe(reader.socket, 'home', home, null)
    stage.cardsAreAway = true
    stage.emit(posted(1, 2), posted(2, 3))
    await settle(6)
    expect(reader.lines).to.deep.equal([])
    stage.cardsAreAway = false
    await settle()
    expect(reader.lines).to.deep.equal(['post 1', 'post 2'])
  })
})

function idsOf(reader: TestSocket): unknown[] {
  return reader.of('post').map((event) => (event['item'] as { id: string }).id)
}
