import { selfOf, type Method, type Methods } from './method.js'

export const readMarker: Method<Methods['me']['readMarker']> = async (account, _input, context) => {
  return { upTo: (await selfOf(account, context)).readUpTo }
}
