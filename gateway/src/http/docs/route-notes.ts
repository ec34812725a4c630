import type { ErrorCode } from '@skein/contracts'

/** What the contract's one line does not say. */
export interface RouteNote {
  readonly about?: string
  /** The codes that belong to this method; those any method may answer are said once. */
  readonly errors: readonly ErrorCode[]
}

/** Codes that any method may answer. */
export const commonErrors = [
  'invalid',
  'unauthenticated',
  'session_ended',
  'rate_limited',
  'internal',
  'unavailable',
  'overloaded',
  'deadline',
] as const satisfies readonly ErrorCode[]

/** Also by methods that take a body. */
export const bodyErrors = ['too_large', 'unsupported_media'] as const satisfies readonly ErrorCode[]

const paged = 'Newest first. Pass `next` as `before` for older ones and `prev` as `after` for newer ones.'
const live = `${paged} Subscribe from \`cursor\` over Socket.IO and nothing between the page and the live feed is missed.`
const twice = 'Doing it twice does no more than doing it once.'
const edge = { about: twice, errors: ['not_found', 'blocked', 'limit_reached', 'delayed'] } as const
const mark = { about: twice, errors: ['not_found', 'gone', 'blocked', 'delayed'] } as const

export const routeNotes: Readonly<Record<string, RouteNote>> = {
  info: { errors: [] },
  'accounts.create': {
    about: 'Makes an account and signs in at once. `fields.handle` of `handle_taken` names free handles.',
    errors: ['handle_taken', 'forbidden'],
  },
  'sessions.create': { errors: ['wrong_credentials'] },
  'sessions.refresh': {
    about:
      'Rotates: the answer holds another refresh token, and the one sent is spent. A spent token sent again soon gets the same answer; later it ends the session. Send no `Authorization` header with an expired token.',
    errors: [],
  },
  'sessions.list': { errors: [] },
  'sessions.endAll': { about: 'Ends this session too. Open sockets close within two seconds.', errors: ['delayed'] },
  'sessions.end': {
    about: 'Its sockets close within two seconds, and its access token opens nothing any more.',
    errors: ['not_found', 'delayed'],
  },
  'me.get': { errors: [] },
  'me.update': { about: 'Only what is given is changed.', errors: ['delayed'] },
  'me.password': { errors: ['wrong_credentials', 'delayed'] },
  'users.search': { about: 'The much followed first.', errors: [] },
  'users.get': {
    about: '`viewer` says how you stand to each other; it is absent without a token.',
    errors: ['not_found'],
  },
  'users.followers': { about: paged, errors: ['not_found', 'blocked', 'bad_cursor'] },
  'users.following': { about: paged, errors: ['not_found', 'blocked', 'bad_cursor'] },
  'users.follow.on': edge,
  'users.follow.off': edge,
  'users.block.on': { ...edge, about: `Ends the follows both ways. ${twice}` },
  'users.block.off': edge,
  'users.mute.on': edge,
  'users.mute.off': edge,
  'users.suggestions': { about: 'People followed by those you follow, then the most followed.', errors: [] },
  'posts.create': {
    about:
      'Acknowledged means kept and on its way to every follower. With an `Idempotency-Key` it can be sent again until an answer comes: the same key answers 200 with the first post.',
    errors: ['idempotency_conflict', 'not_found', 'gone', 'blocked', 'delayed'],
  },
  'posts.list': { about: 'In the order asked for. What you may not see, or is deleted, is left out.', errors: [] },
  'posts.get': { errors: ['not_found', 'gone', 'blocked'] },
  'posts.edit': { errors: ['not_found', 'gone', 'forbidden', 'delayed'] },
  'posts.delete': {
    about: `It goes from every feed, with its reposts. ${twice}`,
    errors: ['not_found', 'forbidden', 'delayed'],
  },
  'posts.history': { about: 'Oldest first.', errors: ['not_found', 'gone', 'blocked'] },
  'posts.like.on': mark,
  'posts.like.off': mark,
  'posts.repost.on': mark,
  'posts.repost.off': mark,
  'posts.bookmark.on': { ...mark, about: `Nobody else sees it. ${twice}` },
  'posts.bookmark.off': mark,
  'feeds.home': { about: live, errors: ['bad_cursor'] },
  'feeds.public': { about: live, errors: ['bad_cursor'] },
  'feeds.notifications': { about: live, errors: ['bad_cursor'] },
  'feeds.readNotifications': { about: 'The marker never moves back.', errors: [] },
  'feeds.bookmarks': { about: paged, errors: ['bad_cursor'] },
  'feeds.user': { about: live, errors: ['not_found', 'blocked', 'bad_cursor'] },
  'feeds.tag': { about: live, errors: ['bad_cursor'] },
  'feeds.thread': {
    about: `Deleted posts that have replies are there, without their text. ${live}`,
    errors: ['not_found', 'blocked', 'bad_cursor'],
  },
  trends: { errors: [] },
  search: { about: `People and tags come with the first page only. ${paged}`, errors: ['bad_cursor'] },
}

/** The groups of the reference, in its order, by the first part of a route's name. */
export const routeGroups: Readonly<Record<string, { readonly name: string; readonly about: string }>> = {
  accounts: { name: 'Sign in', about: 'Accounts, sessions and their tokens.' },
  sessions: { name: 'Sign in', about: 'Accounts, sessions and their tokens.' },
  me: { name: 'Me', about: 'Your own profile and password.' },
  feeds: { name: 'Feeds', about: 'Posts in order, read in pages.' },
  posts: { name: 'Posts', about: 'Writing, reading and marking posts.' },
  users: { name: 'People', about: 'Profiles, and who follows, blocks or mutes whom.' },
  search: { name: 'Discover', about: 'Search and trends.' },
  trends: { name: 'Discover', about: 'Search and trends.' },
  info: { name: 'Server', about: 'What can be known before signing in.' },
}
