/* oxlint-disable no-console -- an example talks to its reader */
// A bot that answers whoever mentions it:  SKEIN_TOKEN=… npx tsx examples/bot.ts [url]
// `skein token create <handle>` prints the token. The session that it becomes is kept in a file, for the next start.
import { readFile, writeFile } from 'node:fs/promises'
import { createClient, type SessionStorage, type StoredSession } from '@skein/client'

const [url = 'http://localhost:8080'] = process.argv.slice(2)
const file = '.skein-bot.json'
const storage: SessionStorage = {
  async load() {
    return await readFile(file, 'utf8').then(
      (text) => JSON.parse(text) as StoredSession,
      () => null,
    )
  },
  save: (session) => writeFile(file, JSON.stringify(session), { mode: 0o600 }),
}

await using client = createClient({ url, storage, app: 'echo bot' })
await client.ready()
if (client.me === null) await client.auth.useRefreshToken(process.env['SKEIN_TOKEN'] ?? '')
console.log(`listening as @${client.me?.handle}`)

for await (const event of client.subscribe('notifications')) {
  if (event.type !== 'notification' || event.notification.type !== 'mention') continue
  const { id, post, actor } = event.notification
  if (post === undefined) continue
  // The key comes from what is answered, so however often this runs, one mention gets one answer.
  await client.posts.create(`@${actor.handle} heard you`, { replyTo: post.id, idempotencyKey: `echo:${id}` })
}
