import { EventEmitter } from 'node:events'
import { expect } from 'chai'
import { createLifecycle, onSignal, type LogFields, type Logger } from '../src/index.js'
import { eventually, fakeClock, silentLogger } from '../src/testing.js'

describe('lifecycle', () => {
  function recorded(): { log: Logger; lines: [string, LogFields][] } {
    const lines: [string, LogFields][] = []
    const keep = (fields: LogFields, message: string): void => void lines.push([message, fields])
    const log: Logger = { ...silentLogger, warn: keep, error: keep }
    return { log, lines }
  }

  it('[OPS1] parts start in the order added, each when the last is ready, and close in the reverse', async () => {
    const seen: string[] = []
    const lifecycle = createLifecycle({ log: silentLogger, graceMs: 1_000 })
    for (const name of ['store', 'log', 'server']) {
      lifecycle.add(name, {
        start: async () => {
          seen.push(`${name} starting`)
          await Promise.resolve()
          seen.push(`${name} ready`)
        },
        close: () => void seen.push(`${name} closed`),
      })
    }
    await lifecycle.start()
    await Promise.all([lifecycle.close(), lifecycle.close()])
    expect(seen).to.deep.equal([
      'store starting',
      'store ready',
      'log starting',
      'log ready',
      'server starting',
      'server ready',
      'server closed',
      'log closed',
      'store closed',
    ])
  })

  it('[OPS2] when a part fails to start, what was started is closed and the start rejects with its error', async () => {
    const seen: string[] = []
    const lifecycle = createLifecycle({ log: silentLogger, graceMs: 1_000 })
    const failure = new Error('port taken')
    lifecycle.add('store', { close: () => void seen.push('store') })
    lifecycle.add('server', { start: () => Promise.reject(failure), close: () => void seen.push('server') })
    lifecycle.add('never', { start: () => void seen.push('never'), close: () => void seen.push('never') })
    const thrown: unknown = await lifecycle.start().catch((caught: unknown) => caught)
    expect(thrown).to.equal(failure)
    expect(seen).to.deep.equal(['server', 'store'])
  })

  it('[OPS3] a part that does not close in its time, or fails, is logged and does not stop the others from closing', async () => {
    const clock = fakeClock()
    const { log, lines } = recorded()
    const seen: string[] = []
    const lifecycle = createLifecycle({ log, graceMs: 5_000, clock })
    lifecycle.add('first', { close: () => void seen.push('first') })
    lifecycle.add('fails', { close: () => Promise.reject(new Error('no')) })
    lifecycle.add('hangs', {
      close: (signal) => {
        signal.addEventListener('abort', () => seen.push('told'))
        return new Promise(() => undefined)
      },
    })
    await lifecycle.start()
    const closed = lifecycle.close()
    await clock.run(5_000)
    await closed
    expect(seen).to.deep.equal(['told', 'first'])
    expect(lines.map(([message, { part }]) => [message, part])).to.deep.equal([
      ['a part did not close', 'hangs'],
      ['a part did not close', 'fails'],
    ])
    expect(clock.pending).to.equal(0)
  })

  it('[OPS4] closing while starting ends the start and closes what it had reached', async () => {
    const seen: string[] = []
    const lifecycle = createLifecycle({ log: silentLogger, graceMs: 1_000 })
    let ready: () => void = () => undefined
    lifecycle.add('slow', {
      start: () => new Promise<void>((resolve) => (ready = resolve)),
      close: () => void seen.push('slow closed'),
    })
    lifecycle.add('later', { start: () => void seen.push('later') })
    const started = lifecycle.start().catch((caught: unknown) => caught)
    const closed = lifecycle.close()
    ready()
    expect(await started).to.be.instanceOf(Error)
    await closed
    expect(seen).to.deep.equal(['slow closed'])
    expect(() => lifecycle.add('late', {})).to.throw('after closing began')
  })

  it('[OPS5] the first signal closes and ends with 0, a second one ends at once with 1', async () => {
    const target = Object.assign(new EventEmitter(), {}) as unknown as Pick<NodeJS.Process, 'on' | 'off'> & EventEmitter
    const codes: number[] = []
    let closes = 0
    let finish: () => void = () => undefined
    const close = (): Promise<void> => {
      closes += 1
      return new Promise((resolve) => (finish = resolve))
    }
    const stop = onSignal(close, { log: silentLogger, exit: (code) => codes.push(code), process: target })
    target.emit('SIGTERM', 'SIGTERM')
    target.emit('SIGINT', 'SIGINT')
    expect([closes, codes]).to.deep.equal([1, [1]])
    finish()
    await eventually(() => expect(codes).to.deep.equal([1, 0]))
    stop()
    target.emit('SIGTERM', 'SIGTERM')
    expect(closes).to.equal(1)
  })
})
