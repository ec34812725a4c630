import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './icon.js'

export interface MenuItem {
  icon: string
  label: string
  run: () => void
}

export interface MenuProps {
  label: string
  items: readonly MenuItem[]
  /** Called when it is to go; the opener gets the focus back when `refocus`. */
  onClose: (refocus: boolean) => void
  side?: 'start' | 'end'
}

/** A menu beside its opener: arrows, Home and End move, Escape and Tab leave, a press outside closes. */
export function Menu({ label, items, onClose, side = 'end' }: MenuProps) {
  const root = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const menu = root.current
    if (menu === null) return
    const room = innerHeight - (document.querySelector('.nav')?.clientHeight ?? 0)
    const below = menu.getBoundingClientRect().bottom
    if (innerWidth < 700 ? below > room : below > innerHeight) menu.classList.add('menu--up')
    menu.querySelector<HTMLElement>('[role="menuitem"]')?.focus({ preventScroll: true })
    const outside = (event: Event) => {
      if (event.target instanceof Node && !menu.contains(event.target)) onClose(false)
    }
    addEventListener('pointerdown', outside, true)
    return () => removeEventListener('pointerdown', outside, true)
  }, [])
  return (
    <div
      class={side === 'start' ? 'menu menu--start' : 'menu'}
      role="menu"
      aria-label={label}
      ref={root}
      onKeyDown={(event) => onKey(event, root.current, onClose)}
    >
      {items.map(({ icon, label: words, run }) => (
        <button
          key={words}
          class="menu__item"
          role="menuitem"
          type="button"
          tabIndex={-1}
          onClick={() => {
            onClose(true)
            run()
          }}
        >
          <Icon name={icon} />
          {words}
        </button>
      ))}
    </div>
  )
}

function onKey(event: KeyboardEvent, menu: HTMLElement | null, onClose: (refocus: boolean) => void): void {
  const items = [...(menu?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])]
  const at = items.findIndex((item) => item === document.activeElement)
  const moves: Record<string, number> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }
  const to = moves[event.key]
  if (to !== undefined) {
    event.preventDefault()
    items[to]?.focus()
  } else if (event.key === 'Escape' || event.key === 'Tab') {
    if (event.key === 'Escape') event.preventDefault()
    onClose(true)
  }
  event.stopPropagation()
}
