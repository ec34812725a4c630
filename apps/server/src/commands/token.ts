import { defineCommand } from 'citty'
import { withCore } from './with-core.js'

const createCommand = defineCommand({
  meta: { name: 'create', description: 'A token for a program that acts as a person' },
  args: {
    handle: { type: 'positional', description: 'As whom', required: true },
    client: { type: 'string', description: 'What the list of sessions calls it', default: 'a program' },
  },
  async run({ args, rawArgs }) {
    const tokens = await withCore(rawArgs, ({ clients, call }) =>
      clients.account.operator.createToken({ handle: args.handle, client: args.client }, call),
    )
    console.log(tokens.refreshToken)
    console.error(
      `For client.auth.useRefreshToken() or SKEIN_TOKEN. It is used once: keep what the SDK stores. It ends ${new Date(tokens.refreshExpiresAtMs).toISOString()}.`,
    )
  },
})

export const tokenCommand = defineCommand({
  meta: { name: 'token', description: 'Tokens for programs' },
  subCommands: { create: createCommand },
})
