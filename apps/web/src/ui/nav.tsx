import { useApp } from '../state/app.js'
import { badgeCount } from '../text/counts.js'
import { hrefs, type Route } from '../text/routes.js'
import { Brand } from './brand.js'
import { Icon } from './icon.js'

interface ItemProps {
  href: string
  icon: string
  label: string
  current?: boolean
  kind?: string
  badge?: number
  onPress?: () => void
}

function Item({ href, icon, label, current = false, kind = '', badge = 0, onPress }: ItemProps) {
  return (
    <a
      class={`nav__item ${kind}`}
      href={href}
      {...(current ? { 'aria-current': 'page' as const } : {})}
      onClick={(event) => {
        if (onPress === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        onPress()
      }}
    >
      <Icon name={icon} size="lg" />
      <span class="nav__label">{label}</span>
      {badge === 0 ? null : (
        <span class="badge num">
          {badgeCount(badge)}
          <span class="vh"> new</span>
        </span>
      )}
    </a>
  )
}

/** A rail at the side, a bar at the bottom of small screens. */
export function Nav() {
  const { router, me } = useApp()
  const route = router.route.value
  return (
    <nav class="nav" aria-label="Main">
      <Brand />
      {me.value === null ? <ForReaders route={route} /> : <ForMembers route={route} handle={me.value.handle} />}
    </nav>
  )
}

function ForMembers({ route, handle }: { route: Route; handle: string }) {
  const { composing, unread } = useApp()
  const isOwn = 'handle' in route && route.handle === handle
  return (
    <ul class="nav__list" role="list">
      <li>
        <Item href="/" icon="home" label="Home" current={route.name === 'home' || route.name === 'everyone'} />
      </li>
      <li>
        <Item href="/search" icon="search" label="Search" current={route.name === 'search' || route.name === 'tag'} />
      </li>
      <li>
        <Item href="/#compose" icon="needle" label="Post" kind="nav__post" onPress={() => composing.open('home')} />
      </li>
      <li>
        <Item href="/notices" icon="bell" label="Notices" current={route.name === 'notices'} badge={unread.value} />
      </li>
      <li class="nav__wide">
        <Item href="/bookmarks" icon="bookmark" label="Bookmarks" current={route.name === 'bookmarks'} />
      </li>
      <li class="nav__wide">
        <Item href="/settings" icon="settings" label="Settings" current={route.name === 'settings'} />
      </li>
      <li>
        <Item href={hrefs.profile(handle)} icon="person" label="You" current={isOwn} />
      </li>
    </ul>
  )
}

function ForReaders({ route }: { route: Route }) {
  return (
    <ul class="nav__list" role="list">
      <li>
        <Item href="/everyone" icon="globe" label="Everyone" current={route.name === 'everyone'} />
      </li>
      <li>
        <Item href="/search" icon="search" label="Search" current={route.name === 'search' || route.name === 'tag'} />
      </li>
      <li>
        <Item href="/sign-in" icon="door" label="Sign in" kind="nav__post" />
      </li>
    </ul>
  )
}
