import type { FrameCache, LiveSocket } from './live-socket.js'

/** The sockets that are owed something in this turn: all are written to at its end, equal frames made once. */
export class Turn {
  #dirty: LiveSocket[] = []

  add(socket: LiveSocket): void {
    if (this.#dirty.push(socket) > 1) return
    setImmediate(() => {
      const dirty = this.#dirty
      this.#dirty = []
      const frames: FrameCache = new Map()
      for (const each of dirty) each.flush(frames)
    })
  }
}
