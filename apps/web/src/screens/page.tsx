import { useEffect, useLayoutEffect } from 'preact/hooks'
import { useApp } from '../state/app.js'
import type { Route } from '../text/routes.js'
import { titleOf } from '../text/titles.js'
import { Aside } from '../ui/aside.js'
import { Dialogs } from '../ui/dialogs.js'
import { Announcements, Floats } from '../ui/floats.js'
import { listenToKeys } from '../ui/keyboard.js'
import { listenToLinks } from '../ui/links.js'
import { Nav } from '../ui/nav.js'
import { Door, loadFurther, Screen } from './screen.js'

const forMembers: ReadonlySet<Route['name']> = new Set(['notices', 'bookmarks', 'settings'])

/** Everything on screen: the screen of the address, what stands beside it and what lies over it. */
export function PageView() {
  const app = useApp()
  const { router, me } = app
  useEffect(() => listenToKeys(app), [])
  useEffect(() => listenToLinks(router), [])
  useTitle()
  useEffect(() => whenIdle(loadFurther), [])
  if (!app.isReady.value) return null
  const route = router.route.value
  const isDoor = route.name === 'sign-in' || route.name === 'sign-up' || (me.value === null && route.name === 'home')
  const needsDoor = me.value === null && forMembers.has(route.name)
  const entry = router.entry.value
  return (
    <>
      <a class="btn skip" href="#main" onClick={skip}>
        {isDoor || needsDoor ? 'Skip to the form' : 'Skip to the posts'}
      </a>
      {me.value !== null && isDoor ? (
        <Leave to={'next' in route ? (route.next ?? '/') : '/'} />
      ) : isDoor || needsDoor ? (
        <Door
          form={route.name === 'sign-up' ? 'up' : 'in'}
          next={needsDoor ? entry.address : 'next' in route ? route.next : null}
        />
      ) : (
        <div class="app">
          <Nav />
          <main class="column" id="main" tabIndex={-1}>
            <Screen route={route} key={screenKey(route)} />
            <Floats />
          </main>
          <Aside />
        </div>
      )}
      <Announcements />
      <Arrival key={entry.key} />
      <Dialogs />
    </>
  )
}

/** @returns what cancels it */
function whenIdle(act: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const idle = requestIdleCallback(act, { timeout: 3_000 })
    return () => cancelIdleCallback(idle)
  }
  const timer = setTimeout(act, 500)
  return () => clearTimeout(timer)
}

/** What is kept when only a tab or a query changes. */
function screenKey(route: Route): string {
  const { name } = route
  const of = 'handle' in route ? route.handle : 'id' in route ? route.id : 'tag' in route ? route.tag : ''
  return `${name === 'everyone' ? 'home' : name} ${of}`
}

/** Someone signed in has no use for the door. */
function Leave({ to }: { to: string }) {
  const { router } = useApp()
  useEffect(() => router.navigate(to, { replace: true }), [])
  return null
}

/** At a new address: to the top with the focus on the main part, or back to where the reader was. */
function Arrival() {
  const { router } = useApp()
  useLayoutEffect(() => {
    const { came } = router.entry.peek()
    if (came === 'first') {
      router.restore()
      return
    }
    if (came === 'back') {
      if (!router.restore()) focusMain()
      return
    }
    scrollTo(0, 0)
    focusMain()
  }, [])
  return null
}

function focusMain(): void {
  const focused = document.activeElement
  if (focused === null || focused === document.body || focused.closest('main') === null)
    document.getElementById('main')?.focus({ preventScroll: true })
}

function skip(event: MouseEvent): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

function useTitle(): void {
  const { router, waiting, unread, me } = useApp()
  const title = titleOf(router.route.value, me.value !== null, waiting.value + unread.value)
  useEffect(() => {
    document.title = title
  }, [title])
}
