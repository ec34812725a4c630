import { accountContract } from '@skein/contracts'
import { implementService, type createServiceHandler } from '@skein/platform'
import type { AccountContext } from '../account-context.js'
import { changePassword } from './change-password.js'
import { endAllSessions } from './end-all-sessions.js'
import { endSession } from './end-session.js'
import { endedSessions } from './ended-sessions.js'
import { getMe } from './get-me.js'
import { getUser } from './get-user.js'
import { jwks } from './jwks.js'
import { listFollowers, listFollowing, searchUsers } from './list-people.js'
import { listSessions } from './list-sessions.js'
import { createToken, createUser, setRole, suspendUser } from './operate.js'
import { readMarker } from './read-marker.js'
import { readNotifications } from './read-notifications.js'
import { refreshSession } from './refresh-session.js'
import { setBlock, setFollow, setMute } from './set-edge.js'
import { signIn } from './sign-in.js'
import { signUp } from './sign-up.js'
import { suggestUsers } from './suggest-users.js'
import { updateMe } from './update-me.js'
import { countUsers, userCards, usersByHandles } from './user-cards.js'
import { followNotices, viewerEdges } from './viewer-edges.js'

export type AccountRouter = Parameters<typeof createServiceHandler>[0]

/** Every method of the contract over what it works with. */
export function createRouter(account: AccountContext): AccountRouter {
  const os = implementService(accountContract)
  const { sessions, me, users, edges, operator } = os
  return os.router({
    sessions: {
      signUp: sessions.signUp.handler(({ input, context }) => signUp(account, input, context)),
      signIn: sessions.signIn.handler(({ input, context }) => signIn(account, input, context)),
      refresh: sessions.refresh.handler(({ input, context }) => refreshSession(account, input, context)),
      list: sessions.list.handler(({ input, context }) => listSessions(account, input, context)),
      end: sessions.end.handler(({ input, context }) => endSession(account, input, context)),
      endAll: sessions.endAll.handler(({ input, context }) => endAllSessions(account, input, context)),
      ended: sessions.ended.handler(({ input, context }) => endedSessions(account, input, context)),
      jwks: sessions.jwks.handler(({ input, context }) => jwks(account, input, context)),
    },
    me: {
      get: me.get.handler(({ input, context }) => getMe(account, input, context)),
      update: me.update.handler(({ input, context }) => updateMe(account, input, context)),
      changePassword: me.changePassword.handler(({ input, context }) => changePassword(account, input, context)),
      readNotifications: me.readNotifications.handler(({ input, context }) =>
        readNotifications(account, input, context),
      ),
      readMarker: me.readMarker.handler(({ input, context }) => readMarker(account, input, context)),
    },
    users: {
      get: users.get.handler(({ input, context }) => getUser(account, input, context)),
      cards: users.cards.handler(({ input, context }) => userCards(account, input, context)),
      byHandles: users.byHandles.handler(({ input, context }) => usersByHandles(account, input, context)),
      search: users.search.handler(({ input, context }) => searchUsers(account, input, context)),
      followers: users.followers.handler(({ input, context }) => listFollowers(account, input, context)),
      following: users.following.handler(({ input, context }) => listFollowing(account, input, context)),
      suggestions: users.suggestions.handler(({ input, context }) => suggestUsers(account, input, context)),
      count: users.count.handler(({ input, context }) => countUsers(account, input, context)),
    },
    edges: {
      follow: edges.follow.handler(({ input, context }) => setFollow(account, input, context)),
      block: edges.block.handler(({ input, context }) => setBlock(account, input, context)),
      mute: edges.mute.handler(({ input, context }) => setMute(account, input, context)),
      viewers: edges.viewers.handler(({ input, context }) => viewerEdges(account, input, context)),
      followNotices: edges.followNotices.handler(({ input, context }) => followNotices(account, input, context)),
    },
    operator: {
      createUser: operator.createUser.handler(({ input, context }) => createUser(account, input, context)),
      setRole: operator.setRole.handler(({ input, context }) => setRole(account, input, context)),
      createToken: operator.createToken.handler(({ input, context }) => createToken(account, input, context)),
      suspend: operator.suspend.handler(({ input, context }) => suspendUser(account, input, context)),
    },
  })
}
