import type { Ground } from './ground.js'

/** What a store with an outbox lets be seen of it. */
export interface StoreOutbox {
  start(): void
  ageMs(): Promise<number>
  close(): Promise<void>
}

const lookEveryMs = 5_000

/** Sweeps what a crash left owed, and shows how old that is. */
export function addOutbox({ lifecycle, metrics, health, log }: Ground, outbox: () => StoreOutbox): void {
  const age = metrics.gauge({ name: 'outbox_age_seconds', help: 'How long the longest waiting event has been owed.' })
  let timer: NodeJS.Timeout | undefined
  let ageMs = 0
  const look = async (): Promise<void> => {
    ageMs = await outbox().ageMs()
    age.set(ageMs / 1_000)
  }
  lifecycle.add('outbox', {
    start: () => {
      outbox().start()
      timer = setInterval(() => void look().catch((err: unknown) => log.debug({ err }, 'outbox age')), lookEveryMs)
    },
    close: async () => {
      clearInterval(timer)
      await outbox().close()
    },
  })
  health.add('outbox', { affectsReady: false, check: () => `${Math.round(ageMs / 1_000)} s behind` })
}
