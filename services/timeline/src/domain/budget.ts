/** How much work one request may do. One for all reads of a request. */
export interface Budget {
  /** Whether one more round may begin. Every read does one, whatever is left. */
  goesOn(): boolean
  /** To be called after each round with when it began and how many lines it looked at. */
  spend(startedAtMs: number, lines: number): void
  now(): number
}

export interface BudgetOptions {
  readonly now: () => number
  readonly deadlineAtMs: number
  readonly maxLines: number
}

/** Goes on while lines are left and the time left would hold two more rounds as long as the longest so far. */
export function createBudget({ now, deadlineAtMs, maxLines }: BudgetOptions): Budget {
  let lines = 0
  let longestMs = 0
  return {
    now,
    goesOn: () => lines < maxLines && now() + 2 * longestMs < deadlineAtMs,
    spend(startedAtMs, looked) {
      lines += looked
      longestMs = Math.max(longestMs, now() - startedAtMs)
    },
  }
}
