import { expect } from 'chai'
import type { Position } from '@skein/contracts'
import type { Entry, ReadResult, TailMessage } from '@skein/event-log'
import { eventually, fakeClock, silentLogger } from '@skein/platform/testing'
import { LogTail } from '../src/log-tail.js'
import { edgeEvent } from './events.js'

function at(seq: number, epoch = 'e1'): Position {
  return { epoch, seq }
}

function entry(seq: number, epoch = 'e1'): Entry {
  return { lane: 0, position: at(seq, epoch), event: edgeEvent({ actor: seq }) }
}

interface Scene {
  readonly tail: LogTail
  /** Positions handed on, `reset` before that of a reset. */
  readonly heard: string[]
  /** The reads that wait for an answer. */
  readonly reads: { after: Position; answer: (result: ReadResult) => void; fail: () => void }[]
}

/** A tail over a log whose every answer the test gives. */
function createScene(from = 0): Scene {
  const heard: string[] = []
  const reads: Scene['reads'] = []
  const read = (_lane: number, after: Position): Promise<ReadResult> =>
    new Promise((answer, reject) => reads.push({ after, answer, fail: () => reject(new Error('the log is away')) }))
  const onMessage = (message: TailMessage): void => {
    if (message.kind === 'reset') heard.push(`reset ${message.position.epoch}/${message.position.seq}`)
    else heard.push(...message.entries.map(({ position }) => `${position.epoch}/${position.seq}`))
  }
  const deps = { clock: fakeClock(), log: silentLogger, onClose: () => undefined }
  return { tail: new LogTail({ lanes: 1, read }, { from: [at(from)], onMessage }, deps), heard, reads }
}

/** Answers the oldest waiting read with the entries after its start up to `to`, of a log that ends at `head`. */
async function answer(scene: Scene, to: number, head = to): Promise<void> {
  const { after, answer } = await eventually(() => scene.reads.shift() ?? expect.fail('no read waits'))
  const entries = Array.from({ length: to - after.seq }, (_, i) => entry(after.seq + 1 + i))
  answer({ kind: 'entries', entries, upTo: at(to), head: at(head) })
}

function firsts(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `e1/${i + 1}`)
}

describe('log tail', () => {
  it('[LOG24] what is published while the log is read follows it, without what was read already', async () => {
    const scene = createScene()
    const started = scene.tail.start()
    scene.tail.offer([entry(2), entry(3), entry(4)])
    expect(scene.heard).to.deep.equal([])
    await answer(scene, 3)
    await started
    expect(scene.heard).to.deep.equal(firsts(4))
    expect(scene.tail.positions).to.deep.equal([at(4)])
  })

  it('[LOG24] a hole in what was published meanwhile is read before the tail has caught up', async () => {
    const scene = createScene()
    const started = scene.tail.start()
    scene.tail.offer([entry(3), entry(5)])
    await answer(scene, 2)
    await eventually(() => expect(scene.heard).to.deep.equal(firsts(3)))
    await answer(scene, 5)
    await started
    expect(scene.heard).to.deep.equal(firsts(5))
  })

  it('[LOG24] more than fits the buffer is read again', async () => {
    const scene = createScene()
    const started = scene.tail.start()
    for (let seq = 1; seq <= 10_001; seq++) scene.tail.offer([entry(seq)])
    await answer(scene, 0)
    await answer(scene, 10_001)
    await started
    expect(scene.heard).to.deep.equal(firsts(10_001))
  })

  it('[LOG25] live, the next is handled, lower is dropped, higher and word of a further head read the log', async () => {
    const scene = createScene()
    const started = scene.tail.start()
    await answer(scene, 2)
    await started
    scene.tail.offer([entry(2), entry(3), entry(1), entry(3)])
    scene.tail.notice(0, at(3))
    scene.tail.notice(0, at(1))
    expect([scene.heard, scene.reads]).to.deep.equal([firsts(3), []])
    scene.tail.offer([entry(6)])
    await answer(scene, 6)
    await eventually(() => expect(scene.heard).to.deep.equal(firsts(6)))
    scene.tail.notice(0, at(7))
    await answer(scene, 7)
    await eventually(() => expect(scene.heard).to.deep.equal(firsts(7)))
    scene.tail.offer([entry(8)])
    expect(scene.heard).to.deep.equal(firsts(8))
  })

  it('[LOG25] another epoch reads the log, and what was published of it before the head is not taken twice', async () => {
    const scene = createScene(5)
    const started = scene.tail.start()
    await answer(scene, 5)
    await started
    scene.tail.offer([entry(1, 'e2'), entry(2, 'e2')])
    scene.tail.offer([entry(3, 'e2')])
    scene.reads.shift()?.answer({ kind: 'gap', reason: 'epoch', head: at(2, 'e2') })
    await eventually(() => expect(scene.heard).to.deep.equal(['reset e2/2', 'e2/3']))
    expect(scene.reads).to.deep.equal([])
  })

  it('[LOG26] a log that cannot be read refuses the start, and later only delays until it is heard again', async () => {
    const scene = createScene()
    const refused = scene.tail.start().then(
      () => 'started',
      (error: unknown) => String(error),
    )
    scene.reads.shift()?.fail()
    expect(await refused).to.contain('the log is away')

    const started = scene.tail.start()
    await answer(scene, 1)
    await started
    scene.tail.offer([entry(3)])
    scene.reads.shift()?.fail()
    await eventually(() => {
      scene.tail.offer([entry(4)])
      expect(scene.reads).to.have.length(1)
    })
    await answer(scene, 4)
    await eventually(() => expect(scene.heard).to.deep.equal(firsts(4)))
  })

  it('[LOG26] a handler that throws does not stop the tail', async () => {
    let calls = 0
    const read = (): Promise<ReadResult> => Promise.resolve({ kind: 'entries', entries: [], upTo: at(0), head: at(0) })
    const onMessage = (): void => {
      calls++
      throw new Error('handler')
    }
    const deps = { clock: fakeClock(), log: silentLogger, onClose: () => undefined }
    const tail = new LogTail({ lanes: 1, read }, { from: [at(0)], onMessage }, deps)
    await tail.start()
    tail.offer([entry(1)])
    tail.offer([entry(2)])
    expect(calls).to.equal(2)
  })
})
