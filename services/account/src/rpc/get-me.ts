import { toMe } from '../domain/users.js'
import { selfOf, type Method, type Methods } from './method.js'

export const getMe: Method<Methods['me']['get']> = async (account, _input, context) =>
  toMe(await selfOf(account, context))
