/* oxlint-disable no-console -- an example talks to its reader */
// Prints a feed as it comes and goes on from where it was stopped:  npx tsx examples/tail.ts [url] [feed]
import { readFile, writeFile } from 'node:fs/promises'
import { createClient, type FeedName } from '@skein/client'

const [url = 'http://localhost:8080', feed = 'public'] = process.argv.slice(2)
const saved = `.skein-${feed.replaceAll(':', '-')}.cursor`
const from = await readFile(saved, 'utf8').catch(() => '')

await using client = createClient({ url })
client.on('connection', (state) => console.error(state.status))

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())

try {
  const options = { signal: stop.signal, ...(from === '' ? {} : { from }) }
  const subscription = client.subscribe(feed as FeedName, options)
  for await (const event of subscription) {
    if (event.type === 'post') console.log(`@${event.item.post.author.handle}: ${event.item.post.text}`)
    if (event.type === 'gap') console.log('(some posts are missing here: this was away for too long)')
    if (subscription.cursor !== null) await writeFile(saved, subscription.cursor)
  }
} catch (error) {
  if (!stop.signal.aborted) throw error
}
