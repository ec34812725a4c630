const grouped = new Intl.NumberFormat('en-GB')

/** Nothing for 0, then 999, 1.2K, 12K, 3.4M. Never rounded up: nobody is told of a like that is not there. */
export function shortCount(n: number): string {
  if (n <= 0) return ''
  if (n < 1_000) return String(n)
  if (n < 1_000_000) return `${oneDigit(n / 1_000)}K`
  return `${oneDigit(n / 1_000_000)}M`
}

/** 2,847 */
export function longCount(n: number): string {
  return grouped.format(n)
}

/** 1 new post, 12 new posts, 2 replies; `many` when an s does not do it. */
export function countOf(n: number, one: string, many = `${one}s`): string {
  return `${longCount(n)} ${n === 1 ? one : many}`
}

/** What a badge holds: at most 99+. */
export function badgeCount(n: number): string {
  return n > 99 ? '99+' : String(n)
}

function oneDigit(n: number): string {
  const cut = Math.floor(n * 10) / 10
  return n < 10 && cut % 1 !== 0 ? cut.toFixed(1) : String(Math.floor(n))
}
