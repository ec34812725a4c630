import { signal, type ReadonlySignal } from '@preact/signals'

export interface Toast {
  id: number
  text: string
  icon: string
  action?: { label: string; run: () => void }
}

export interface Toasts {
  /** At most one: a new one takes the place of the old one. */
  readonly shown: ReadonlySignal<Toast | null>
  show(toast: Omit<Toast, 'id'>): void
  hide(): void
}

export function createToasts(): Toasts {
  const shown = signal<Toast | null>(null)
  let last = 0
  return {
    shown,
    show(toast) {
      last += 1
      shown.value = { ...toast, id: last }
    },
    hide() {
      shown.value = null
    },
  }
}
