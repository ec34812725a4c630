const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayMonthYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const longDate = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
const monthAndYear = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' })
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short' })

/** now, 4 min, 2 h, yesterday, 12 Nov, 12 Nov 2025: in the reader's own time zone. A time to come counts as now. */
export function timeWords(atMs: number, nowMs: number): string {
  const age = nowMs - atMs
  if (age < minuteMs) return 'now'
  if (age < hourMs) return `${Math.floor(age / minuteMs)} min`
  if (age < dayMs) return `${Math.floor(age / hourMs)} h`
  if (isDayBefore(atMs, nowMs)) return 'yesterday'
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear()
  return (sameYear ? dayAndMonth : dayMonthYear).format(atMs)
}

/** The same as a part of a sentence: just now, 2 h ago, yesterday, on 12 Nov. */
export function agoWords(atMs: number, nowMs: number): string {
  const words = timeWords(atMs, nowMs)
  if (words === 'now') return 'just now'
  if (words === 'yesterday') return words
  return nowMs - atMs < dayMs ? `${words} ago` : `on ${words}`
}

/** Tuesday 24 November 2026 at 08:54 */
export function fullTime(atMs: number): string {
  return full.format(atMs)
}

/** 3 March 2025 */
export function longDateWords(atMs: number): string {
  return longDate.format(atMs)
}

/** March 2025 */
export function monthWords(atMs: number): string {
  return monthAndYear.format(atMs)
}

/** Whole seconds until then, 0 when it is over. */
export function secondsUntil(atMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil((atMs - nowMs) / 1_000))
}

function isDayBefore(atMs: number, nowMs: number): boolean {
  const yesterday = new Date(nowMs)
  yesterday.setDate(yesterday.getDate() - 1)
  return new Date(atMs).toDateString() === yesterday.toDateString()
}
