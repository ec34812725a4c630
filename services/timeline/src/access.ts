/** The methods that answer without a user; every other one needs one. For `createServiceHandler`. */
export const anonymousMethods = [
  'feeds.public',
  'feeds.user',
  'feeds.tag',
  'feeds.thread',
  'feeds.search',
  'posts',
  'trends',
] as const
