import type { Cancel, Clock } from '@skein/platform'

export interface HearingDeps {
  readonly isHearing: () => boolean
  /** Asks the log itself, past the tail. @throws when it is away */
  readonly ping: () => Promise<unknown>
  readonly clock: Clock
}

const pingTimeoutMs = 700
const graceMs = 4_000

/**
 * A check of readiness: unwell is only a gateway that stays deaf while the log answers. A log that is away, or has been
 * back for less than 4 s, leaves it ready: every gateway hears the same silence, and nobody would take over.
 * Resolves to a word for the operator, in less than a second. The check @throws Error when unwell
 */
export function createHearingCheck({ isHearing, ping, clock }: HearingDeps): () => Promise<string | undefined> {
  let answersSinceMs: number | null = null
  return async () => {
    if (isHearing()) {
      answersSinceMs = null
      return undefined
    }
    if (!(await answers(ping, clock))) {
      answersSinceMs = null
      return 'the event log is away'
    }
    answersSinceMs ??= clock.now()
    if (clock.now() - answersSinceMs < graceMs) return 'the event log answers; waiting to hear it again'
    throw new Error('the event log answers and was not heard: restart this gateway')
  }
}

async function answers(ping: () => Promise<unknown>, clock: Clock): Promise<boolean> {
  let cancel: Cancel = () => {}
  const timedOut = new Promise<false>((resolve) => {
    cancel = clock.after(pingTimeoutMs, () => resolve(false))
  })
  const answered = ping().then(
    () => true,
    () => false,
  )
  const isThere = await Promise.race([answered, timedOut])
  cancel()
  return isThere
}
