import { laneOf } from '@skein/event-log'

const buckets = 256

/** A script touches homes of one bucket alone, so that it never crosses a slot. */
export const bucketOf = (userId: string): number => laneOf(userId, buckets)

/** `mark` and `home` of a user, in the order in which scripts take them. */
export function homeKeys(prefix: string, userId: string): [mark: string, home: string] {
  const home = `${prefix}:home:{${bucketOf(userId)}}:${userId}`
  return [`${home}:mark`, home]
}

/** Who reads this author from a home: a sorted set of users, each with the build of the home that follows the author. */
export const readersKey = (prefix: string, authorId: string): string => `${homeKeys(prefix, authorId)[1]}:readers`
