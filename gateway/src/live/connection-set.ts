import type { Connection } from './connection.js'

const none: ReadonlySet<Connection> = new Set()

/** Everyone connected, and by person. A connection's person never changes. */
export class ConnectionSet {
  readonly #all = new Set<Connection>()
  readonly #byUser = new Map<string, Set<Connection>>()

  get size(): number {
    return this.#all.size
  }

  all(): Connection[] {
    return [...this.#all]
  }

  of(userId: string): ReadonlySet<Connection> {
    return this.#byUser.get(userId) ?? none
  }

  add(connection: Connection): void {
    this.#all.add(connection)
    const { userId } = connection
    if (userId === null) return
    const held = this.#byUser.get(userId)
    if (held === undefined) this.#byUser.set(userId, new Set([connection]))
    else held.add(connection)
  }

  delete(connection: Connection): void {
    this.#all.delete(connection)
    const { userId } = connection
    const held = userId === null ? undefined : this.#byUser.get(userId)
    if (userId !== null && held?.delete(connection) && held.size === 0) this.#byUser.delete(userId)
  }
}
