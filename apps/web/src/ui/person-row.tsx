import type { UserCard } from '@skein/client'
import { useApp } from '../state/app.js'
import { hrefs } from '../text/routes.js'
import { Avatar } from './avatar.js'
import { FollowButton } from './follow-button.js'

export interface PersonRowProps {
  user: UserCard
  about: string
  following: boolean
  onFollow?: (() => void) | undefined
}

/** One person of a list; the whole row leads to the profile. */
export function PersonRow({ user, about, following, onFollow }: PersonRowProps) {
  const { me } = useApp()
  return (
    <li class="person">
      <Avatar handle={user.handle} />
      <div class="person__who">
        <a href={hrefs.profile(user.handle)}>
          <bdi>{user.name}</bdi>
        </a>{' '}
        <span class="quiet">
          <bdi>{about === '' ? `@${user.handle}` : about}</bdi>
        </span>
      </div>
      {me.value?.id === user.id ? null : <FollowButton user={user} following={following} onPress={onFollow} />}
    </li>
  )
}
