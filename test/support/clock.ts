/** Moves this process's time on (or, below zero, back) until it is disposed of. */
export function clockAhead(byMs: number): Disposable {
  const real = Date.now
  Date.now = () => real() + byMs
  return {
    [Symbol.dispose]() {
      Date.now = real
    },
  }
}
