/** A list that grows at its end and shrinks at its start, both in constant time on average. */
export class Deque<T> {
  #items: T[] = []
  #start = 0

  get length(): number {
    return this.#items.length - this.#start
  }

  at(index: number): T | undefined {
    return index < 0 ? undefined : this.#items[this.#start + index]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Takes the first off. Its place is freed when half of the list is gone. */
  shift(): T | undefined {
    if (this.length === 0) return undefined
    const first = this.#items[this.#start++]
    if (this.#start * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#start)
      this.#start = 0
    }
    return first
  }

  clear(): void {
    this.#items = []
    this.#start = 0
  }
}
