/** What is owed to whom, and what came: every (post, follower) exactly once. */

const textOf = (serial: number): string => `bench ${serial} flies over the lake at dusk and calls the others home`
const serialPattern = /^bench (\d+) /

type Entry = { readonly author: number; readonly dueMs: number; readonly came: Uint8Array; accepted: boolean }

export interface Balance {
  readonly expected: number
  readonly received: number
  readonly lost: number
  readonly cutOff: number
  readonly doubled: number
  readonly astray: number
}

export class Ledger {
  /** Author → those who follow, in one order. */
  readonly #followers: readonly (readonly number[])[]
  readonly #closed = new Set<number>()
  readonly #entries = new Map<number, Entry>()
  #serial = 0
  /** Of this run; entries of earlier ones stay, to know a repeat of them. */
  #first = 1
  #doubled = 0
  #astray = 0
  deliveries: number[] = []
  wholes: number[] = []

  constructor(authors: number, follows: readonly (readonly number[])[]) {
    const followers: number[][] = Array.from({ length: authors }, () => [])
    follows.forEach((targets, viewer) => targets.forEach((author) => followers[author]?.push(viewer)))
    this.#followers = followers
  }

  /** Counts anew: call it when the last run has settled. */
  begin(): void {
    this.#first = this.#serial + 1
    this.#doubled = this.#astray = 0
    this.deliveries = []
    this.wholes = []
  }

  /** A post about to be sent; its text names it. */
  open(author: number, dueMs: number): { readonly serial: number; readonly text: string } {
    const serial = ++this.#serial
    const came = new Uint8Array(this.#followers[author]?.length ?? 0)
    this.#entries.set(serial, { author, dueMs, came, accepted: false })
    return { serial, text: textOf(serial) }
  }

  /** From now on it is owed. */
  accept(serial: number): void {
    const entry = this.#entries.get(serial)
    if (entry !== undefined) entry.accepted = true
  }

  /** A socket the server closed is owed nothing more. */
  closeSocket(viewer: number): void {
    this.#closed.add(viewer)
  }

  receive(viewer: number, text: string, acceptedAtMs: number, nowMs: number): void {
    const serial = Number(serialPattern.exec(text)?.[1])
    const entry = this.#entries.get(serial)
    const place = entry === undefined ? -1 : (this.#followers[entry.author]?.indexOf(viewer) ?? -1)
    if (entry === undefined || place < 0) {
      this.#astray++
      return
    }
    const times = (entry.came[place] ?? 0) + 1
    entry.came[place] = times
    if (times > 1) {
      this.#doubled++
      return
    }
    if (serial < this.#first) return
    this.deliveries.push(Math.max(0, nowMs - acceptedAtMs))
    this.wholes.push(nowMs - entry.dueMs)
  }

  /** Cost: every follower of every post since `begin`. */
  balance(): Balance {
    let [expected, received, lost, cutOff] = [0, 0, 0, 0]
    for (const [serial, { author, came, accepted }] of this.#entries) {
      if (!accepted || serial < this.#first) continue
      this.#followers[author]?.forEach((viewer, place) => {
        expected++
        if ((came[place] ?? 0) > 0) received++
        else if (this.#closed.has(viewer)) cutOff++
        else lost++
      })
    }
    return { expected, received, lost, cutOff, doubled: this.#doubled, astray: this.#astray }
  }

  get closedSockets(): number {
    return this.#closed.size
  }
}
