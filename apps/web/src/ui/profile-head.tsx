import { useSignal } from '@preact/signals'
import type { Profile, Relation } from '@skein/client'
import { useRef } from 'preact/hooks'
import { useApp } from '../state/app.js'
import { askBlock, copyLink, mute } from '../state/post-actions.js'
import { longCount } from '../text/counts.js'
import { hrefs } from '../text/routes.js'
import { firstName } from '../text/suggestions.js'
import { monthWords } from '../text/times.js'
import { Avatar } from './avatar.js'
import { FollowButton } from './follow-button.js'
import { Icon } from './icon.js'
import { Menu, type MenuItem } from './menu.js'
import { Btn } from './btn.js'

export interface ProfileHeadProps {
  profile: Profile
  /** How the reader stands to them now, and by how much the number of followers changed. */
  onRelation: (relation: Relation, followersBy: number) => void
}

export function ProfileHead({ profile, onRelation }: ProfileHeadProps) {
  const { me } = useApp()
  const { handle, name, bio, counts, viewer } = profile
  return (
    <section class="profile" aria-label={`About ${name}`}>
      <div class="row profile__top">
        <Avatar handle={handle} size="xl" />
        <Buttons profile={profile} onRelation={onRelation} />
      </div>
      <div>
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <p class="quiet">
          <bdi>@{handle}</bdi>
          {viewer?.followedBy ? ' · follows you' : ''}
          {viewer?.muting ? ' · muted by you' : ''}
        </p>
      </div>
      {bio === '' ? null : (
        <p class="post__text" dir="auto">
          {bio}
        </p>
      )}
      <p class="facts">
        <span>
          <Icon name="calendar" size="sm" /> Joined {monthWords(profile.createdAtMs)}
        </span>
      </p>
      <p class="facts">
        <a href={hrefs.people(handle, 'following')}>
          <b class="num">{longCount(counts.following)}</b> following
        </a>
        <a href={hrefs.people(handle, 'followers')}>
          <b class="num">{longCount(counts.followers)}</b> {counts.followers === 1 ? 'follower' : 'followers'}
        </a>
        <span>
          <b class="num">{longCount(counts.posts)}</b> {counts.posts === 1 ? 'post' : 'posts'}
        </span>
      </p>
      {me.value?.id === profile.id ? (
        <p class="facts">
          <a href="/bookmarks">Your bookmarks</a>
          <a href="/settings">Settings</a>
        </p>
      ) : null}
    </section>
  )
}

function Buttons({ profile, onRelation }: ProfileHeadProps) {
  const app = useApp()
  const me = app.me.value
  if (me?.id === profile.id)
    return (
      <Btn look="quiet" onPress={() => (app.dialog.value = { kind: 'profile', me })}>
        Edit profile
      </Btn>
    )
  const viewer = profile.viewer
  const unblock = () =>
    app.attempt(app.client.users.block(profile.handle, false).then((relation) => onRelation(relation, 0)))
  return (
    <>
      <MoreButton profile={profile} onRelation={onRelation} />
      {viewer?.blocking ? (
        <Btn look="quiet" onPress={unblock}>
          Unblock
        </Btn>
      ) : viewer?.blockedBy ? null : (
        <FollowButton
          user={profile}
          following={viewer?.following ?? false}
          size="large"
          words={viewer?.followedBy ? 'Follow back' : 'Follow'}
          onChange={(relation) => onRelation(relation, Number(relation.following) - Number(viewer?.following ?? false))}
        />
      )}
    </>
  )
}

function MoreButton({ profile, onRelation }: ProfileHeadProps) {
  const app = useApp()
  const isOpen = useSignal(false)
  const opener = useRef<HTMLButtonElement>(null)
  const { handle, viewer } = profile
  const items: MenuItem[] = [{ icon: 'link', label: 'Copy the link', run: () => copyLink(app, hrefs.profile(handle)) }]
  if (app.me.value !== null) {
    const was = viewer ?? { following: false, followedBy: false, blocking: false, blockedBy: false, muting: false }
    const muting = !was.muting
    items.push({
      icon: 'mute',
      label: muting ? `Mute @${handle}` : `Unmute @${handle}`,
      run: () => mute(app, handle, muting, () => onRelation({ ...was, muting }, 0)),
    })
    const blocked = () =>
      onRelation({ ...was, blocking: true, following: false, followedBy: false }, was.following ? -1 : 0)
    if (!was.blocking)
      items.push({ icon: 'block', label: `Block @${handle}`, run: () => askBlock(app, handle, blocked) })
  }
  return (
    <>
      <button
        class="btn btn--plain btn--square"
        type="button"
        aria-label={`More about ${firstName(profile.name)}`}
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        ref={opener}
        onClick={() => {
          isOpen.value = !isOpen.value
        }}
      >
        <Icon name="more" />
      </button>
      {isOpen.value ? (
        <Menu
          label={`More about ${firstName(profile.name)}`}
          items={items}
          onClose={(refocus) => {
            isOpen.value = false
            if (refocus) opener.current?.focus()
          }}
        />
      ) : null}
    </>
  )
}
