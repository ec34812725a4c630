/** Steps a trend's time is cut into. */
export const trendSteps = 12

/** Counts by step, the oldest first; what lies outside the time (a stepped clock) goes to the nearest step. */
export function seriesOf(counts: readonly { readonly step: number; readonly n: number }[]): number[] {
  const series = Array.from({ length: trendSteps }, () => 0)
  for (const { step, n } of counts) {
    const index = Math.min(Math.max(step, 0), trendSteps - 1)
    series[index] = (series[index] ?? 0) + n
  }
  return series
}
