import type { ComponentChildren } from 'preact'
import { useApp } from '../state/app.js'
import { Mark } from './brand.js'
import { Icon } from './icon.js'

/** Live, or Offline after two seconds without a connection; nothing before the first connection. */
export function Live() {
  const { connection } = useApp()
  if (connection.isDown.value) return <span class="live live--down">Offline</span>
  return connection.wasLive.value ? <span class="live">Live</span> : null
}

/** The sticky top of a column. */
export function Bar({ children }: { children: ComponentChildren }) {
  return (
    <header class="bar">
      {children}
      <div class="bar__end">
        <Live />
      </div>
    </header>
  )
}

/** The mark that stands in for the rail's on small screens. */
export function BarBrand() {
  return (
    <a class="brand bar__brand" href="/" aria-label="Skein, home">
      <Mark />
    </a>
  )
}

export function Back() {
  const { router } = useApp()
  return (
    <button class="btn btn--plain btn--square" type="button" aria-label="Back" onClick={() => router.back()}>
      <Icon name="back" />
    </button>
  )
}

export interface Tab {
  href: string
  label: string
  current: boolean
}

export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a
          key={tab.href}
          class="tabs__tab"
          href={tab.href}
          {...(tab.current ? { 'aria-current': 'page' as const } : {})}
        >
          {tab.label}
        </a>
      ))}
    </nav>
  )
}
