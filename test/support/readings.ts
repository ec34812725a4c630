/** What processes say of themselves on their operators' ports. */

/** The figure of these labels, summed over processes and over the labels not named. @throws Error when nobody has such */
export async function sumOfMetric(
  opsPorts: readonly number[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const texts = await Promise.all(
    opsPorts.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
  )
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const lines = texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .filter((line) => wanted.every((part) => line.includes(part)))
  if (lines.length === 0) throw new Error(`nobody has ${name} with ${wanted.join(', ') || 'any label'}`)
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

export interface Readiness {
  readonly status: number
  /** Checks that are unwell and leave it ready. */
  readonly away: readonly string[]
  /** Checks that take its readiness. */
  readonly failed: readonly string[]
}

export async function readinessOf(opsPort: number): Promise<Readiness> {
  const response = await fetch(`http://127.0.0.1:${opsPort}/readyz?verbose`)
  const text = await response.text()
  const named = (mark: RegExp): string[] => [...text.matchAll(mark)].map((found) => found[1] ?? '')
  return { status: response.status, away: named(/^\[!\](\S+)/gm), failed: named(/^\[-\](\S+)/gm) }
}
