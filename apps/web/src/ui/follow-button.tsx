import { useSignal } from '@preact/signals'
import type { Relation, UserCard } from '@skein/client'
import { useEffect } from 'preact/hooks'
import { useApp } from '../state/app.js'

export interface FollowButtonProps {
  user: UserCard
  following: boolean
  /** Words for "not following". */
  words?: string
  size?: 'small' | 'large'
  onChange?: (relation: Relation) => void
  /** Pressed, before anything is answered. */
  onPress?: (() => void) | undefined
}

/** Follow and Following, at once; put back when refused. Of the same width, so that nothing moves. */
export function FollowButton({
  user,
  following,
  words = 'Follow',
  size = 'small',
  onChange,
  onPress,
}: FollowButtonProps) {
  const app = useApp()
  const on = useSignal(following)
  useEffect(() => {
    on.value = following
  }, [following])
  const toggle = () => {
    if (!app.needsMe()) return
    onPress?.()
    const next = !on.value
    on.value = next
    const done = app.client.users.follow(user.handle, next).then(onChange, (refusal: unknown) => {
      on.value = !next
      throw refusal
    })
    app.attempt(done)
  }
  const look =
    size === 'small' ? 'btn--small btn--quiet btn--follow' : on.value ? 'btn--quiet btn--follow-lg' : 'btn--follow-lg'
  return (
    <button class={`btn ${look}${on.value ? ' is-on' : ''}`} type="button" onClick={toggle}>
      {on.value ? 'Following' : words}
      <span class="vh">
        {' '}
        <bdi>{user.name}</bdi>
      </span>
    </button>
  )
}
