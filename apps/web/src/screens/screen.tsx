import type { Route } from '../text/routes.js'
import { OtherDialog } from '../ui/dialogs.js'
import { Home } from './home.js'
import { later } from '../ui/later.js'
import { NotFound } from './not-found.js'

// Every screen but home, and every dialog but the composer, is a script of its own, so that no page waits for what it does not show.
const Bookmarks = later(() => import('./bookmarks.js').then((m) => m.Bookmarks))
const Notices = later(() => import('./notices.js').then((m) => m.Notices))
const People = later(() => import('./people.js').then((m) => m.PeopleScreen))
const Profile = later(() => import('./profile.js').then((m) => m.ProfileScreen))
const Search = later(() => import('./search.js').then((m) => m.SearchScreen))
const Settings = later(() => import('./settings.js').then((m) => m.Settings))
const Tag = later(() => import('./tag.js').then((m) => m.TagScreen))
const Thread = later(() => import('./thread.js').then((m) => m.ThreadScreen))
export const Door = later(() => import('./door.js').then((m) => m.Door))

/** Reads the scripts of what one may open next, so that opening it needs no network. */
export function loadFurther(): void {
  for (const screen of [Bookmarks, Notices, People, Profile, Search, Settings, Tag, Thread, OtherDialog]) screen.load()
}

export function Screen({ route }: { route: Route }) {
  switch (route.name) {
    case 'home':
    case 'everyone':
      return <Home which={route.name} />
    case 'profile':
      return <Profile handle={route.handle} tab={route.tab} />
    case 'people':
      return <People handle={route.handle} which={route.which} />
    case 'post':
      return <Thread id={route.id} />
    case 'notices':
      return <Notices only={route.only} />
    case 'tag':
      return <Tag tag={route.tag} />
    case 'search':
      return <Search q={route.q} />
    case 'bookmarks':
      return <Bookmarks />
    case 'settings':
      return <Settings />
    case 'sign-in':
    case 'sign-up':
    case 'not-found':
      return <NotFound />
  }
}
