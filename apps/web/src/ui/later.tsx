import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { LoadFailed } from './empty.js'

export interface Later<P> {
  (props: P): preact.VNode | null
  /** Reads the script ahead of need. */
  load(): void
}

/** What has a script of its own, which is read when it is first shown, or before: nothing until then, and a way to try again if it fails. */
export function later<P extends object>(read: () => Promise<ComponentType<P>>): Later<P> {
  const found = signal<ComponentType<P> | null>(null)
  const state = signal<'unread' | 'reading' | 'failed'>('unread')
  const load = () => {
    if (state.value === 'reading') return
    state.value = 'reading'
    read().then(
      (screen) => {
        found.value = screen
      },
      () => {
        state.value = 'failed'
      },
    )
  }
  const Show = (props: P) => {
    const Screen = found.value
    useEffect(load, [])
    if (Screen !== null) return <Screen {...props} />
    return state.value === 'failed' ? <LoadFailed error={null} onRetry={load} /> : null
  }
  return Object.assign(Show, { load })
}
