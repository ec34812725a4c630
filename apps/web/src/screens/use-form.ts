import { useSignal, type ReadonlySignal } from '@preact/signals'
import type { SkeinErrorShape } from '@skein/client'
import { useEffect } from 'preact/hooks'
import { errorShape } from '../state/errors.js'
import { secondsUntil } from '../text/times.js'

export interface FormState {
  readonly isBusy: ReadonlySignal<boolean>
  readonly refusal: ReadonlySignal<SkeinErrorShape | null>
  /** Seconds until the server takes another try; 0 when it does now. */
  readonly waitS: ReadonlySignal<number>
  submit(work: () => Promise<unknown>, after: () => void): void
  readonly forget: () => void
}

/** One form on its way to the server: busy, refused, or to wait. */
export function useForm(): FormState {
  const isBusy = useSignal(false)
  const refusal = useSignal<SkeinErrorShape | null>(null)
  const untilMs = useSignal(0)
  const waitS = useSignal(0)
  useEffect(() => {
    const count = () => {
      waitS.value = secondsUntil(untilMs.value, Date.now())
      if (waitS.value === 0 && refusal.peek()?.code === 'rate_limited') refusal.value = null
    }
    if (untilMs.value === 0) return
    count()
    const timer = setInterval(count, 500)
    return () => clearInterval(timer)
  }, [untilMs.value])
  return {
    isBusy,
    refusal,
    waitS,
    submit(work, after) {
      if (isBusy.value || waitS.value > 0) return
      isBusy.value = true
      refusal.value = null
      work().then(
        () => {
          isBusy.value = false
          after()
        },
        (thrown: unknown) => {
          isBusy.value = false
          const error = errorShape(thrown)
          refusal.value = error
          if (error.code === 'rate_limited') untilMs.value = Date.now() + (error.retryAfterMs ?? 30_000)
        },
      )
    },
    forget() {
      refusal.value = null
    },
  }
}

/** Words for a refusal that no field of the form tells. */
export function refusalText({ code, message, requestId }: SkeinErrorShape): string {
  if (code === 'wrong_credentials') return 'That handle and password do not match. Check both and try again.'
  if (code === 'network' || code === 'unavailable' || code === 'deadline')
    return 'The server did not answer. Try again in a moment.'
  return requestId === undefined || code !== 'internal' ? message : `${message} Request ${requestId}.`
}
