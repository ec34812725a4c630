/** The `d` of a line through the values, the oldest at the left; 3 units of air above and below. Flat when all are equal. */
export function sparkPath(series: readonly number[], width: number, height: number): string {
  if (series.length < 2) return ''
  const max = Math.max(1, ...series)
  const air = 3
  const step = (width - 2) / (series.length - 1)
  const points = series.map((value, i) => {
    const x = 1 + i * step
    const y = height - air - (value / max) * (height - 2 * air)
    return `${x.toFixed(1)} ${y.toFixed(1)}`
  })
  return `M${points.join('L')}`
}
