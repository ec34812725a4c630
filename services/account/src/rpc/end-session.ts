import { AppError } from '@skein/contracts'
import { endingNow } from './issue-session.js'
import { actorOf, type Method, type Methods } from './method.js'

export const endSession: Method<Methods['sessions']['end']> = async (account, input, context) => {
  const { userId, sessionId } = actorOf(context)
  const id = input.id === 'current' ? sessionId : input.id
  const isOwn = await account.store.endSession(id, userId, endingNow(account, 'signed_out'))
  if (!isOwn) throw new AppError('not_found', { message: 'You have no such session.' })
  return { done: true }
}
