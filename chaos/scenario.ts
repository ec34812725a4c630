import type { Chance } from '../test/support/random.js'
import type { Crowd } from './crowd.js'
import type { Stage } from './stage.js'

/** What a scenario is given to work with. */
export interface Scene {
  readonly stage: Stage
  readonly crowd: Crowd
  readonly chance: Chance
  /** What the command line asked for, or the scenario's own. */
  readonly rounds: number
  readonly clients: number
  /** Does something bad that ends by itself; counted, and what is late meanwhile is excused. */
  readonly fault: (what: string, act: () => Promise<void>) => Promise<void>
  /** Waits until everything is ready and everyone is heard again, and remembers how long that took since the last fault. */
  readonly right: (withinMs?: number) => Promise<number>
  /** Something that should not be, in words. */
  readonly wrong: (what: string) => void
  /** Something worth saying in the line of the scenario. */
  readonly note: (what: string) => void
}

export interface Scenario {
  readonly name: string
  /** One line. */
  readonly about: string
  /** Of the crowd and the rounds: in a full run and in a short one; flags win. */
  readonly size: Size
  readonly short?: Partial<Size>
  /** A cluster of its own; absent: shared with others, and it must be whole again afterwards. */
  readonly plan?: () => Promise<Stage>
  /** null when it can run on this machine, else what is missing. */
  readonly missing?: () => string | null
  run(scene: Scene): Promise<void>
}

export interface Size {
  readonly rounds: number
  readonly clients: number
  readonly authors: number
  readonly followsEach: number
  readonly postsPerSecond: number
}

export interface Outcome {
  readonly name: string
  readonly seed: number
  readonly faults: number
  readonly acknowledged: number
  readonly deliveries: number
  readonly acts: number
  readonly gaps: number
  readonly lost: number
  readonly doubled: number
  readonly longestMs: number
  readonly tookMs: number
  readonly postsPerSecond: number
  readonly notes: readonly string[]
  readonly findings: readonly string[]
}
