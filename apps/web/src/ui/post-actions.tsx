import { useSignal } from '@preact/signals'
import type { Post } from '@skein/client'
import { useRef } from 'preact/hooks'
import { useApp, type App } from '../state/app.js'
import { askBlock, askDelete, copyLink, mark, mute } from '../state/post-actions.js'
import { shortCount } from '../text/counts.js'
import { hrefs } from '../text/routes.js'
import { Icon } from './icon.js'
import { Menu, type MenuItem } from './menu.js'

interface ActionProps {
  kind: string
  icon: string
  label: string
  /** The key of the keyboard map that presses it. */
  hotkey?: string
  count?: number
  pressed?: boolean
  menu?: boolean
  expanded?: boolean
  onPress: () => void
}

function Action({ kind, icon, label, hotkey, count, pressed, menu, expanded, onPress }: ActionProps) {
  const n = count === undefined ? '' : shortCount(count)
  return (
    <button
      class={`action action--${kind}`}
      type="button"
      aria-label={n === '' ? label : `${label}, ${n}`}
      data-key={hotkey}
      onClick={onPress}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      {...(menu ? { 'aria-haspopup': 'menu' as const, 'aria-expanded': expanded ?? false } : {})}
    >
      <Icon name={icon} />
      {count === undefined ? null : <span class="action__n">{n}</span>}
    </button>
  )
}

/** What one can do with a post. Counts are part of the names: "Like, 38". */
export function PostActions({ post }: { post: Post }) {
  const app = useApp()
  const open = useSignal<'repost' | 'more' | null>(null)
  const row = useRef<HTMLDivElement>(null)
  const viewer = post.viewer ?? { liked: false, reposted: false, bookmarked: false }
  const close = (refocus: boolean) => {
    const which = open.value
    open.value = null
    if (refocus) row.current?.querySelector<HTMLElement>(`.action--${which}`)?.focus()
  }
  const compose = (how: 'reply' | 'quote') => {
    if (app.needsMe()) app.composing.open(`${how}:${post.id}`, post)
  }
  const repost = () => mark(app, post, 'repost', !viewer.reposted)
  const repostItems: MenuItem[] = [
    { icon: 'repost', label: viewer.reposted ? 'Undo repost' : 'Repost', run: repost },
    { icon: 'quote', label: 'Quote', run: () => compose('quote') },
  ]
  return (
    <>
      {open.value === 'repost' ? <Menu label="Repost" items={repostItems} onClose={close} side="start" /> : null}
      {open.value === 'more' ? <Menu label="More" items={moreItems(app, post)} onClose={close} /> : null}
      <div class="actions" ref={row}>
        <Action
          kind="reply"
          icon="reply"
          label="Reply"
          hotkey="r"
          count={post.counts.replies}
          onPress={() => compose('reply')}
        />
        <Action
          kind="repost"
          icon="repost"
          label="Repost"
          count={post.counts.reposts}
          pressed={viewer.reposted}
          menu
          expanded={open.value === 'repost'}
          onPress={() => {
            open.value = open.value === 'repost' ? null : 'repost'
          }}
        />
        <Action
          kind="like"
          icon="heart"
          label="Like"
          hotkey="l"
          count={post.counts.likes}
          pressed={viewer.liked}
          onPress={() => mark(app, post, 'like', !viewer.liked)}
        />
        <Action
          kind="save"
          icon="bookmark"
          label="Bookmark"
          pressed={viewer.bookmarked}
          onPress={() => mark(app, post, 'bookmark', !viewer.bookmarked)}
        />
        <Action
          kind="more"
          icon="more"
          label="More"
          menu
          expanded={open.value === 'more'}
          onPress={() => {
            open.value = open.value === 'more' ? null : 'more'
          }}
        />
        <button class="vh" type="button" tabIndex={-1} aria-hidden="true" data-key="t" onClick={repost} />
      </div>
    </>
  )
}

function moreItems(app: App, post: Post): MenuItem[] {
  const { handle, id } = post.author
  const link: MenuItem = { icon: 'link', label: 'Copy the link', run: () => copyLink(app, hrefs.post(post.id)) }
  const me = app.me.value
  if (me === null) return [link]
  if (me.id === id)
    return [
      link,
      { icon: 'edit', label: 'Edit', run: () => app.composing.open(`edit:${post.id}`, post) },
      { icon: 'trash', label: 'Delete', run: () => askDelete(app, post) },
    ]
  return [
    link,
    { icon: 'mute', label: `Mute @${handle}`, run: () => mute(app, handle, true) },
    { icon: 'block', label: `Block @${handle}`, run: () => askBlock(app, handle) },
  ]
}
