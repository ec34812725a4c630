export type Route =
  | { name: 'home' }
  | { name: 'everyone' }
  | { name: 'sign-in'; next: string | null }
  | { name: 'sign-up'; next: string | null }
  | { name: 'profile'; handle: string; tab: 'posts' | 'replies' }
  | { name: 'people'; handle: string; which: 'followers' | 'following' }
  | { name: 'post'; id: string }
  | { name: 'notices'; only: 'all' | 'mentions' }
  | { name: 'tag'; tag: string }
  | { name: 'search'; q: string }
  | { name: 'bookmarks' }
  | { name: 'settings' }
  | { name: 'not-found' }

const notFound: Route = { name: 'not-found' }
const handleShape = /^[a-z0-9_]{2,24}$/
const idShape = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
const tagShape = /^[\p{L}\p{M}\p{N}_]{1,50}$/u

/** What an address of this page shows. Takes a path with its query, for example `/search?q=geese`. */
export function routeOf(address: string): Route {
  const url = new URL(address, 'http://page')
  const path = decoded(url.pathname)
  if (path === null) return notFound
  const [first = '', second, third] = path.split('/').slice(1)
  if (third !== undefined && third !== '') return notFound
  if (first.startsWith('@')) return personRoute(first.slice(1).toLowerCase(), second)
  if (first === 'post') return second !== undefined && idShape.test(second) ? { name: 'post', id: second } : notFound
  if (first === 'tag') {
    const tag = second?.normalize('NFC').toLowerCase() ?? ''
    return tagShape.test(tag) ? { name: 'tag', tag } : notFound
  }
  if (first === 'notices') {
    if (second === 'mentions') return { name: 'notices', only: 'mentions' }
    return second ? notFound : { name: 'notices', only: 'all' }
  }
  return second ? notFound : wordRoute(first, url.searchParams)
}

function personRoute(handle: string, part: string | undefined): Route {
  if (!handleShape.test(handle)) return notFound
  switch (part) {
    case undefined:
    case '':
      return { name: 'profile', handle, tab: 'posts' }
    case 'replies':
      return { name: 'profile', handle, tab: 'replies' }
    case 'followers':
    case 'following':
      return { name: 'people', handle, which: part }
    default:
      return notFound
  }
}

function wordRoute(word: string, query: URLSearchParams): Route {
  switch (word) {
    case '':
      return { name: 'home' }
    case 'everyone':
    case 'bookmarks':
    case 'settings':
      return { name: word }
    case 'sign-in':
    case 'sign-up':
      return { name: word, next: ownPath(query.get('next')) }
    case 'search':
      return { name: 'search', q: (query.get('q') ?? '').slice(0, 100) }
    default:
      return notFound
  }
}

/** Only paths of this page are gone back to after signing in: never another origin. */
function ownPath(next: string | null): string | null {
  if (next === null || !next.startsWith('/') || next.startsWith('//') || next.includes('\\')) return null
  return next
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

export const hrefs = {
  profile: (handle: string) => `/@${handle}`,
  replies: (handle: string) => `/@${handle}/replies`,
  people: (handle: string, which: 'followers' | 'following') => `/@${handle}/${which}`,
  post: (id: string) => `/post/${id}`,
  tag: (tag: string) => `/tag/${encodeURIComponent(tag)}`,
  search: (q: string) => `/search?q=${encodeURIComponent(q)}`,
  signIn: (next: string) => (next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`),
}
