import type { Part } from './plan.js'

const heads = ['part', 'pid', 'port', 'state', 'restarts', 'connections'] as const

/** One line a part, below a line of headings. */
export function tableOf(parts: readonly Part[]): string[] {
  const rows = parts.map((part) => [
    part.name,
    part.pid === 0 ? '-' : String(part.pid),
    String(part.port),
    part.state,
    String(part.restarts),
    part.connections === null ? '' : String(part.connections),
  ])
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)))
  return [heads, ...rows].map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd())
}

/** Shows parts as they change: a table that is redrawn in a terminal, else one line for each change of a state. */
export function createPartsView(
  out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>,
  now: () => Date,
): (parts: readonly Part[]) => void {
  let shown: string[] = []
  const states = new Map<string, string>()
  const redraw = (parts: readonly Part[]): void => {
    const lines = tableOf(parts)
    if (lines.join() === shown.join()) return
    const back = shown.length > 0 ? `\x1B[${shown.length}A\x1B[0J` : ''
    out.write(`${back}${lines.join('\n')}\n`)
    shown = lines
  }
  const tell = (parts: readonly Part[]): void => {
    for (const { name, state, pid, port } of parts) {
      if (states.get(name) === state) continue
      states.set(name, state)
      const facts = pid === 0 ? '' : ` (process ${pid}, port ${port})`
      out.write(`${now().toISOString()} ${name} ${state}${facts}\n`)
    }
  }
  return out.isTTY ? redraw : tell
}
