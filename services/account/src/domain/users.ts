import type { EntryId, Handle, Me, Role, UserCard, UserEvent, UserId } from '@skein/contracts'

/** A person as the store knows them, without the password. */
export interface UserRecord {
  readonly id: UserId
  readonly handle: Handle
  readonly name: string
  readonly bio: string
  readonly role: Role
  readonly suspended: boolean
  readonly createdAtMs: number
  /** Of what others see: grows by one with each change of name or bio. */
  readonly rev: number
  readonly followers: number
  readonly following: number
  readonly readUpTo: EntryId | null
}

export interface ProfileEdit {
  readonly name?: string | undefined
  readonly bio?: string | undefined
}

/** The person after an edit, at the next revision; null when nothing changes. */
export function editProfile(user: UserRecord, edit: ProfileEdit): UserRecord | null {
  const name = edit.name ?? user.name
  const bio = edit.bio ?? user.bio
  return name === user.name && bio === user.bio ? null : { ...user, name, bio, rev: user.rev + 1 }
}

/** The event of a person at their present revision. */
export function userEvent(user: UserRecord, atMs: number): UserEvent {
  const { id, handle, name, bio, rev } = user
  const entity = `user:${id}`
  return { kind: 'user', id: `${entity}@${rev}`, entity, subject: id, rev, atMs, user: { id, handle, name, bio } }
}

export function toCard({ id, handle, name }: UserCard): UserCard {
  return { id, handle, name }
}

export function toCardWithBio({ id, handle, name, bio }: UserCard & { bio: string }): UserCard & { bio: string } {
  return { id, handle, name, bio }
}

export function toMe({ id, handle, name, bio, createdAtMs, role }: UserRecord): Me {
  return { id, handle, name, bio, createdAtMs, role }
}
