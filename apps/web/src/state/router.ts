import { batch, signal, type ReadonlySignal } from '@preact/signals'
import { routeOf, type Route } from '../text/routes.js'
import { findPlace, measurePlace, parsePlaces, type Place } from './place.js'
import type { Kept } from './kept.js'

export interface Entry {
  /** Names one entry of the history. */
  key: string
  address: string
  /** `back`: the reader returned to it, so its place is to be found again. */
  came: 'first' | 'forth' | 'back'
}

export interface Router {
  readonly entry: ReadonlySignal<Entry>
  readonly route: ReadonlySignal<Route>
  navigate(address: string, options?: { replace?: boolean }): void
  /** To the entry before, or home when there is none of this page. */
  back(): void
  /**
   * Scrolls and focuses to where the reader was, as soon as that is there. True when nothing (more) is to be restored.
   * Given up when the reader scrolls first.
   */
  restore(): boolean
}

const placesMax = 50

/** Addresses by the history API. Scroll places and focus are kept for each entry and survive a reload. */
export function createRouter(kept: Kept): Router {
  const places = parsePlaces(kept.get('places'))
  const here = () => location.pathname + location.search
  const first: Entry = { key: keyOfState(history.state) ?? newKey(), address: here(), came: 'first' }
  const isReload = keyOfState(history.state) !== null
  const entry = signal(first)
  const route = signal(routeOf(first.address))
  let wanted: Place | null = isReload ? (places.get(first.key) ?? null) : null
  let depth = 0

  history.scrollRestoration = 'manual'
  history.replaceState({ key: first.key }, '')

  const keep = () => {
    places.delete(entry.value.key)
    places.set(entry.value.key, measurePlace())
    const newest = [...places].slice(-placesMax)
    kept.set('places', JSON.stringify(newest))
  }
  const show = (next: Entry) =>
    batch(() => {
      entry.value = next
      route.value = routeOf(next.address)
    })
  const giveUp = () => {
    wanted = null
  }
  for (const event of ['wheel', 'touchmove', 'keydown', 'pointerdown'])
    addEventListener(event, giveUp, { passive: true })
  addEventListener('pagehide', keep)
  addEventListener('popstate', (event) => {
    keep()
    const key = keyOfState(event.state) ?? newKey()
    wanted = places.get(key) ?? null
    show({ key, address: here(), came: 'back' })
  })

  return {
    entry,
    route,
    navigate(address, { replace = false } = {}) {
      keep()
      wanted = null
      const stays = replace || address === entry.value.address
      const key = newKey()
      if (stays) history.replaceState({ key }, '', address)
      else history.pushState({ key }, '', address)
      if (!stays) depth += 1
      show({ key, address: here(), came: 'forth' })
    },
    back() {
      if (depth > 0) {
        depth -= 1
        history.back()
      } else this.navigate('/')
    },
    restore() {
      if (wanted === null) return true
      if (!findPlace(wanted)) return false
      wanted = null
      return true
    },
  }
}

function newKey(): string {
  return Math.random().toString(36).slice(2, 10)
}

function keyOfState(state: unknown): string | null {
  if (typeof state !== 'object' || state === null || !('key' in state)) return null
  return typeof state.key === 'string' ? state.key : null
}
