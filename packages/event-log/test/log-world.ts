import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { laneOf, type EventLog } from '@skein/event-log'
import type { Position } from '@skein/contracts'
import { eventually, fakeClock, type FakeClock } from '@skein/platform/testing'
import type { CreateLogEngine, LogEngine } from './event-log.contract.js'
import { edgeEvent } from './events.js'
import { record, type Recorder } from './recorder.js'

/*
 * Random producers, tails, trims, epochs and restarts of one stored log, against a model: the ids of each lane by position,
 * learnt from what the appends resolved with. Every tail must have heard exactly the model from where it began (or was
 * last reset, which only a trim or an epoch may cause) to the head, in order, nothing twice.
 */

const processes = 2
export const maxEntries = 16

export type Step =
  | { readonly kind: 'append'; readonly process: number; readonly actors: readonly number[] }
  | { readonly kind: 'repeat'; readonly process: number; readonly nth: number }
  | { readonly kind: 'tail'; readonly process: number; readonly back: number }
  | { readonly kind: 'close' }
  | { readonly kind: 'poll' | 'trim' | 'epoch' | 'restart' | 'settle' }

const process = fc.nat(processes - 1)
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        process,
        actors: fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeat' as const), process, nth: fc.nat(1_000) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('tail' as const), process, back: fc.nat(12) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'close' as const }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('poll' as const, 'poll' as const, 'trim' as const, 'settle' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('epoch' as const, 'restart' as const) }) },
  ),
  { minLength: 5, maxLength: 50 },
)

interface Heard extends Recorder {
  /** The floors when it began, or undefined when it began below them: a reset is right only if they were or went away. */
  readonly floors: readonly Position[] | undefined
}

class World {
  readonly #engine: LogEngine
  readonly #clock: FakeClock
  readonly #lanes: number
  #logs: EventLog[] = []
  /** `epoch/seq` to id, a lane each. */
  readonly #model: Map<string, string>[]
  #sent: { actor: number; rev: number }[] = []
  #pending: Promise<unknown>[] = []
  #tails: Heard[] = []
  #rev = 0

  constructor(engine: LogEngine, clock: FakeClock, lanes: number) {
    this.#engine = engine
    this.#clock = clock
    this.#lanes = lanes
    this.#model = Array.from({ length: lanes }, () => new Map<string, string>())
  }

  async open(): Promise<void> {
    this.#logs = []
    for (let i = 0; i < processes; i++) this.#logs.push(await this.#engine.open())
  }

  async step(step: Step): Promise<void> {
    switch (step.kind) {
      case 'append':
        return this.#append(
          step.process,
          step.actors.map((actor) => ({ actor, rev: ++this.#rev })),
        )
      case 'repeat': {
        const sent = this.#sent[step.nth % Math.max(1, this.#sent.length)]
        return sent === undefined ? undefined : this.#append(step.process, [sent])
      }
      case 'tail':
        return this.#tail(step.process, step.back)
      case 'close':
        return this.#closeOldest()
      case 'poll':
        return this.#clock.run(1_000)
      case 'trim':
        return this.#engine.trim(this.#log(0))
      case 'epoch':
        this.#pending.push(this.#engine.beginEpoch(this.#log(0)))
        return undefined
      case 'restart':
        return this.#restart()
      case 'settle':
        return this.settle()
    }
  }

  async settle(): Promise<void> {
    await Promise.all(this.#pending.splice(0))
    await this.#clock.run(1_000)
    const heads = await this.#log(0).heads()
    await eventually(() => {
      for (const { tail } of this.#tails) expect(tail.positions).to.deep.equal(heads)
    }, 10_000)
    const floors = await this.#log(0).floors()
    for (const heard of this.#tails) this.#check(heard, heads, floors)
  }

  #log(process: number): EventLog {
    return this.#logs[process] ?? expect.fail('no such process')
  }

  /** Not awaited: appends, trims and tails overlap. */
  #append(process: number, sent: { actor: number; rev: number }[]): void {
    const events = sent.map(({ actor, rev }) => edgeEvent({ actor, rev }))
    this.#sent.push(...sent)
    const note = (positions: Position[]): void => {
      for (const [i, { id, subject }] of events.entries()) this.#learn(laneOf(subject, this.#lanes), positions[i], id)
    }
    this.#pending.push(this.#log(process).append(events).then(note))
  }

  #learn(lane: number, position: Position | undefined, id: string): void {
    const key = `${position?.epoch}/${position?.seq}`
    const known = this.#model[lane]?.get(key)
    expect(known ?? id, `two events at ${key} of lane ${lane}`).to.equal(id)
    this.#model[lane]?.set(key, id)
  }

  async #tail(process: number, back: number): Promise<void> {
    const log = this.#log(process)
    const floors = await log.floors()
    const from = (await log.heads()).map(({ epoch, seq }) => ({ epoch, seq: Math.max(0, seq - back) }))
    const isWhole = from.every(({ epoch, seq }, lane) => epoch === floors[lane]?.epoch && seq >= floors[lane].seq)
    this.#tails.push({ ...(await record(log, from)), floors: isWhole ? floors : undefined })
  }

  async #closeOldest(): Promise<void> {
    const oldest = this.#tails.shift()
    await oldest?.tail.close()
    expect(oldest?.fault()).to.equal(undefined)
  }

  async #restart(): Promise<void> {
    await this.settle()
    const heads = await this.#log(0).heads()
    await this.#engine.stop()
    this.#tails = []
    await this.open()
    expect(await this.#log(1).heads()).to.deep.equal(heads)
  }

  #check(heard: Heard, heads: readonly Position[], floors: readonly Position[]): void {
    expect(heard.fault()).to.equal(undefined)
    if (isDeepStrictEqual(heard.floors, floors)) expect(heard.resets).to.deep.equal([])
    for (const [lane, head] of heads.entries()) {
      const { from, ids } = heard.seen(lane)
      const expected = []
      for (let seq = from.seq + 1; seq <= head.seq; seq++) expected.push(this.#model[lane]?.get(`${head.epoch}/${seq}`))
      expect(from.epoch).to.equal(head.epoch)
      expect(ids).to.deep.equal(expected)
    }
  }
}

export async function play(create: CreateLogEngine, lanes: number, plan: readonly Step[]): Promise<void> {
  const clock = fakeClock()
  await using engine = await create({ lanes, maxEntries, clock, pollMs: 1_000 })
  const world = new World(engine, clock, lanes)
  await world.open()
  for (const step of plan) await world.step(step)
  await world.settle()
}
