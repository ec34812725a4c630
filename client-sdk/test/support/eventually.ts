/** Waits until `check` neither throws nor says false; rejects with its last failure. */
export async function eventually<T>(check: () => T | Promise<T>, timeoutMs = 3_000): Promise<T> {
  const endsAtMs = Date.now() + timeoutMs
  for (;;) {
    try {
      const value = await check()
      if (value !== false) return value
      if (Date.now() > endsAtMs) throw new Error(`still false: ${String(check)}`)
    } catch (error) {
      if (Date.now() > endsAtMs) throw error
    }
    await new Promise((done) => setTimeout(done, 5))
  }
}
