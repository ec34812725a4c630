import { api, passing, type Services } from '../api-context.js'
import type { HttpApiConfig } from '../http-config.js'

/** What a page shows before anyone signs in. */
export function infoRoute(
  { account }: Services,
  config: Pick<HttpApiConfig, 'info' | 'postMaxGraphemes' | 'signUpOpen'>,
) {
  const { info, postMaxGraphemes, signUpOpen } = config
  return api.info.handler(async (call) => {
    const { people } = await account.users.count({}, passing(call))
    return { ...info, people, postMaxGraphemes, signUpOpen }
  })
}
