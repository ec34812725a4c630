import { randomBytes } from 'node:crypto'
import { defineCommand } from 'citty'
import { withCore } from './with-core.js'

const createCommand = defineCommand({
  meta: { name: 'create', description: 'Make an account; prints its password once when none is given' },
  args: {
    handle: { type: 'positional', description: '2 to 24 of a-z, 0-9 and _', required: true },
    name: { type: 'string', description: 'What people see; the handle when absent' },
    password: { type: 'string', description: '10 characters or more' },
    operator: { type: 'boolean', description: 'May watch and run the server' },
  },
  async run({ args, rawArgs }) {
    const password = args.password ?? randomBytes(12).toString('base64url')
    const me = await withCore(rawArgs, ({ clients, call }) =>
      clients.account.operator.createUser(
        {
          handle: args.handle,
          name: args.name ?? args.handle,
          password,
          role: args.operator === true ? 'operator' : 'user',
        },
        call,
      ),
    )
    console.log(`@${me.handle} (${me.role}) was made.${args.password === undefined ? ` Password: ${password}` : ''}`)
  },
})

const promoteCommand = defineCommand({
  meta: { name: 'promote', description: 'Make a person an operator' },
  args: { handle: { type: 'positional', description: 'Whom', required: true } },
  async run({ args, rawArgs }) {
    const me = await withCore(rawArgs, ({ clients, call }) =>
      clients.account.operator.setRole({ handle: args.handle, role: 'operator' }, call),
    )
    console.log(`@${me.handle} is an operator from the next sign-in or token refresh on.`)
  },
})

export const userCommand = defineCommand({
  meta: { name: 'user', description: 'Make and promote people' },
  subCommands: { create: createCommand, promote: promoteCommand },
})
