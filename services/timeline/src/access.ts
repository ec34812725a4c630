/** The methods that answer without a user. `createServiceHandler({ anonymous: anonymousMethods, … })`. */
export const anonymousMethods = [
  'feeds.public',
  'feeds.user',
  'feeds.tag',
  'feeds.thread',
  'feeds.search',
  'posts',
  'trends',
] as const
