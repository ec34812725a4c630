import { endingNow } from './issue-session.js'
import { actorOf, type Method, type Methods } from './method.js'

export const endAllSessions: Method<Methods['sessions']['endAll']> = async (account, _input, context) => {
  const { userId } = actorOf(context)
  return { ended: await account.store.endSessions(userId, null, endingNow(account, 'signed_out_everywhere')) }
}
