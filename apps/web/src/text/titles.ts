import { badgeCount } from './counts.js'
import type { Route } from './routes.js'

/** The tab's title: how many new things wait, what is shown, and the name. */
export function titleOf(route: Route, isMember: boolean, waiting: number): string {
  const count = waiting > 0 ? `(${badgeCount(waiting)}) ` : ''
  const name = nameOf(route, isMember)
  return `${count}${name === '' ? 'Skein' : `${name} · Skein`}`
}

function nameOf(route: Route, isMember: boolean): string {
  switch (route.name) {
    case 'home':
      return isMember ? 'Home' : ''
    case 'everyone':
      return 'Everyone'
    case 'sign-in':
      return 'Sign in'
    case 'sign-up':
      return 'Create an account'
    case 'profile':
      return `@${route.handle}`
    case 'people':
      return route.which === 'followers' ? `Followers of @${route.handle}` : `Followed by @${route.handle}`
    case 'post':
      return 'Thread'
    case 'notices':
      return 'Notices'
    case 'tag':
      return `#${route.tag}`
    case 'search':
      return route.q === '' ? 'Search' : `“${route.q}”`
    case 'bookmarks':
      return 'Bookmarks'
    case 'settings':
      return 'Settings'
    case 'not-found':
      return 'Not found'
  }
}
