// Exit code 0 when this container's process says it is ready, else 1: what Docker asks.
const port = process.env.SKEIN_OPS_PORT || '9090'
try {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(4_000) })
  process.exitCode = answer.ok ? 0 : 1
} catch {
  process.exitCode = 1
}
