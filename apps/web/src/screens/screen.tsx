import { useSignal, type ReadonlySignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Route } from '../text/routes.js'
import { LoadFailed } from '../ui/empty.js'
import type * as further from './further.js'
import { Home } from './home.js'
import { NotFound } from './not-found.js'

type Screens = typeof further

/** The screens behind the first one: a script of their own, read as soon as the first one stands. */
export interface Further {
  readonly screens: ReadonlySignal<Screens | null>
  readonly hasFailed: ReadonlySignal<boolean>
  load(): void
}

export function useFurther(): Further {
  const screens = useSignal<Screens | null>(null)
  const hasFailed = useSignal(false)
  const load = () => {
    hasFailed.value = false
    import('./further.js').then(
      (found) => {
        screens.value = found
      },
      () => {
        hasFailed.value = true
      },
    )
  }
  useEffect(load, [])
  return { screens, hasFailed, load }
}

export function Screen({ route, further }: { route: Route; further: Further }) {
  if (route.name === 'home' || route.name === 'everyone') return <Home which={route.name} />
  const screens = further.screens.value
  if (screens !== null) return <FurtherScreen route={route} screens={screens} />
  return further.hasFailed.value ? <LoadFailed error={null} onRetry={() => further.load()} /> : null
}

function FurtherScreen({ route, screens }: { route: Route; screens: Screens }) {
  const { Bookmarks, Notices, PeopleScreen, ProfileScreen, SearchScreen, Settings, TagScreen, ThreadScreen } = screens
  switch (route.name) {
    case 'profile':
      return <ProfileScreen handle={route.handle} tab={route.tab} />
    case 'people':
      return <PeopleScreen handle={route.handle} which={route.which} />
    case 'post':
      return <ThreadScreen id={route.id} />
    case 'notices':
      return <Notices only={route.only} />
    case 'tag':
      return <TagScreen tag={route.tag} />
    case 'search':
      return <SearchScreen q={route.q} />
    case 'bookmarks':
      return <Bookmarks />
    case 'settings':
      return <Settings />
    case 'home':
    case 'everyone':
    case 'sign-in':
    case 'sign-up':
    case 'not-found':
      return <NotFound />
  }
}
