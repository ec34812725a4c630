import type { AccessRules } from '@skein/platform'

/** Who may call which method; everything not named needs a user. */
export const accountAccess = {
  anonymous: [
    'sessions.signUp',
    'sessions.signIn',
    'sessions.refresh',
    'users.get',
    'users.followers',
    'users.following',
    'users.search',
    'users.count',
  ],
  withoutUser: {
    'sessions.ended': ['gateway', 'timeline', 'post'],
    'sessions.jwks': ['gateway', 'timeline', 'post'],
    'users.cards': ['gateway', 'timeline', 'post'],
    'users.byHandles': ['gateway', 'timeline', 'post'],
    'edges.viewers': ['gateway', 'timeline', 'post'],
  },
  onlyFor: {
    'operator.createUser': ['cli'],
    'operator.setRole': ['cli'],
    'operator.createToken': ['cli'],
    'operator.suspend': ['cli'],
  },
} as const satisfies AccessRules
