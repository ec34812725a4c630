import type { Outcome, Size } from './scenario.js'

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** One line, and one more for each finding with the command that repeats it. */
export function describeOutcome(outcome: Outcome, { rounds, clients, postsPerSecond }: Size): string {
  const { name, seed, faults, acknowledged, deliveries, acts, gaps, lost, doubled, longestMs, tookMs, notes } = outcome
  const verdict = outcome.findings.length === 0 ? 'ok  ' : 'FAIL'
  const facts = [
    `${faults} faults`,
    `${acknowledged} posts acknowledged (${outcome.postsPerSecond.toFixed(0)} a second)`,
    `${acts} follows and likes`,
    `${deliveries} deliveries`,
    `lost ${lost}`,
    `doubled ${doubled}`,
    `${gaps} gaps told`,
    `right again within ${seconds(longestMs)}`,
    ...notes,
    `took ${seconds(tookMs)}`,
    `seed ${seed}`,
  ]
  const again = `npm run chaos -- --only ${name} --seed ${seed} --rounds ${rounds} --clients ${clients} --rate ${postsPerSecond}`
  const findings = outcome.findings.slice(0, 12).map((text) => `     ${text}`)
  const more = outcome.findings.length - findings.length
  return [
    `${verdict} ${name}: ${facts.join(', ')}`,
    ...findings,
    ...(more > 0 ? [`     and ${more} more`] : []),
    ...(findings.length > 0 ? [`     again: ${again}`] : []),
  ].join('\n')
}

/** To be pasted into docs/chaos.md. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const head = ['scenario', 'faults', 'posts', 'deliveries', 'lost', 'doubled', 'gaps told', 'right within', 'seed', '']
  const rows = outcomes.map((one) => [
    `\`${one.name}\``,
    one.faults,
    one.acknowledged,
    one.deliveries,
    one.lost,
    one.doubled,
    one.gaps,
    seconds(one.longestMs),
    one.seed,
    one.findings.length === 0 ? 'holds' : `${one.findings.length} findings`,
  ])
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
