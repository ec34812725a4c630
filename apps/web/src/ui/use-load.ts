import { useSignal, type ReadonlySignal } from '@preact/signals'
import type { SkeinErrorShape } from '@skein/client'
import { useEffect } from 'preact/hooks'
import { errorShape } from '../state/errors.js'

export interface Loaded<T> {
  readonly value: ReadonlySignal<T | null>
  readonly error: ReadonlySignal<SkeinErrorShape | null>
  reload: () => void
  /** Takes a newer value that came another way. */
  set: (value: T) => void
}

/** Reads once, and again when `key` changes; what was read for an earlier key, or after leaving, is dropped. */
export function useLoad<T>(key: unknown, read: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const value = useSignal<T | null>(null)
  const error = useSignal<SkeinErrorShape | null>(null)
  const load = () => {
    const reading = new AbortController()
    read(reading.signal).then(
      (found) => {
        if (reading.signal.aborted) return
        value.value = found
        error.value = null
      },
      (thrown: unknown) => {
        if (!reading.signal.aborted) error.value = errorShape(thrown)
      },
    )
    return () => reading.abort()
  }
  useEffect(() => {
    value.value = null
    return load()
  }, [key])
  return {
    value,
    error,
    reload: () => void load(),
    set(next) {
      value.value = next
    },
  }
}
