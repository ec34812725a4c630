import type { UserRecord } from '../domain/users.js'
import type { NewUser } from './account-store.js'

/** A new person as they are stored: at rev 1, followed by nobody. */
export function newUserRecord({ id, handle, name, bio, role, createdAtMs }: NewUser): UserRecord {
  const given = { id, handle, name, bio, role, createdAtMs }
  return { ...given, suspended: false, rev: 1, followers: 0, following: 0, readUpTo: null }
}
