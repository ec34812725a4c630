import type { App } from '../state/app.js'
import { firstLineInView } from '../state/place.js'
import { hrefs } from '../text/routes.js'

/** The page's keyboard map. Off while typing, in dialogs and in menus; Tab reaches everything without it. */
export function listenToKeys(app: App): () => void {
  let afterG = false
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || !(event.target instanceof Element)) return
    if (event.key === 'Escape') return leaveField(event.target)
    if (event.target.closest('input, textarea, select, dialog, [role="menu"]') !== null) return
    if (moveInFeed(event, event.target)) return event.preventDefault()
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const wasG = afterG
    afterG = event.key === 'g'
    const run = (wasG ? goKeys(app)[event.key] : undefined) ?? keys(app, event.target)[event.key]
    if (run === undefined) return
    event.preventDefault()
    run()
  }
  addEventListener('keydown', onKey)
  return () => removeEventListener('keydown', onKey)
}

function goKeys({ router, me }: App): Partial<Record<string, () => void>> {
  return {
    h: () => router.navigate('/'),
    n: () => router.navigate('/notices'),
    p: () => router.navigate(me.value === null ? '/sign-in' : hrefs.profile(me.value.handle)),
  }
}

function keys(app: App, target: Element): Partial<Record<string, () => void>> {
  const line = target.closest<HTMLElement>('main article')
  const press = (selector: string) => line?.querySelector<HTMLElement>(selector)?.click()
  return {
    j: () => step(line, 1),
    k: () => step(line, -1),
    '.': showNew,
    c: () => {
      if (app.needsMe()) app.composing.open('home')
    },
    l: () => press('[data-key="l"]'),
    r: () => press('[data-key="r"]'),
    t: () => press('[data-key="t"]'),
    o: () => press('.post__time a, [data-key="o"]'),
    '/': () => {
      const field = document.querySelector<HTMLInputElement>('input[type="search"]')
      if (field === null) app.router.navigate('/search')
      else field.select()
    },
    '?': () => {
      app.dialog.value = { kind: 'keys' }
    },
    ...(target === line ? { Enter: () => press('.post__time a, [data-key="o"]') } : {}),
  }
}

function leaveField(target: Element): void {
  if (target.closest('dialog, [role="menu"]') === null && target instanceof HTMLElement) target.blur()
}

function showNew(): void {
  const pill = document.querySelector<HTMLElement>('[data-key="."]')
  if (pill !== null) return pill.click()
  scrollTo(0, 0)
  lines()[0]?.focus({ preventScroll: true })
}

function lines(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('main article[tabindex="0"]')]
}

/** To the line before or after; from elsewhere, to the first one in view. */
function step(from: HTMLElement | null, by: 1 | -1): void {
  const all = lines()
  const at = from === null ? -1 : all.indexOf(from)
  const to = at === -1 ? (firstLineInView() ?? all[0]) : all[at + by]
  to?.focus({ preventScroll: true })
  to?.scrollIntoView({ block: 'nearest' })
}

/** Page Down and Up between lines, Ctrl End and Home out of the feed. True when it was one of them. */
function moveInFeed(event: KeyboardEvent, target: Element): boolean {
  const feed = target.closest('[role="feed"]')
  const line = target.closest<HTMLElement>('[role="feed"] article')
  if (feed === null || event.altKey || event.metaKey) return false
  if (event.key === 'PageDown' || event.key === 'PageUp') {
    if (event.ctrlKey) return false
    step(line, event.key === 'PageDown' ? 1 : -1)
    return true
  }
  if (!event.ctrlKey || (event.key !== 'End' && event.key !== 'Home')) return false
  const ways = [...document.querySelectorAll<HTMLElement>('a[href], button, input, textarea')].filter(isReachable)
  const isAfter = (el: Element) => (feed.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
  const isBefore = (el: Element) => (feed.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_PRECEDING) !== 0
  const out = ways.filter((el) => !feed.contains(el))
  const to = event.key === 'End' ? out.find(isAfter) : out.findLast(isBefore)
  if (to === undefined) return false
  to.focus()
  return true
}

function isReachable(element: HTMLElement): boolean {
  return element.tabIndex >= 0 && element.offsetParent !== null
}
