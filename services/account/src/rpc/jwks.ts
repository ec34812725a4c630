import type { Method, Methods } from './method.js'

export const jwks: Method<Methods['sessions']['jwks']> = ({ keys }) => keys.jwks()
