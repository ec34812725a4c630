import type { Connection } from './connection.js'
import { addTo, removeFrom } from './set-map.js'

const none: ReadonlySet<Connection> = new Set()

/** Everyone connected, and by person. A connection's person never changes. */
export class ConnectionSet {
  readonly #all = new Set<Connection>()
  readonly #byUser = new Map<string, Set<Connection>>()

  all(): Connection[] {
    return [...this.#all]
  }

  of(userId: string): ReadonlySet<Connection> {
    return this.#byUser.get(userId) ?? none
  }

  add(connection: Connection): void {
    this.#all.add(connection)
    const { userId } = connection
    if (userId !== null) addTo(this.#byUser, userId, connection)
  }

  delete(connection: Connection): void {
    this.#all.delete(connection)
    const { userId } = connection
    if (userId !== null) removeFrom(this.#byUser, userId, connection)
  }
}
