import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createClient, type FeedEvent, type FeedName } from '@skein/client'
import { AppError, parseFeed } from '@skein/contracts'
import { defineCommand } from 'citty'

export const tailCommand = defineCommand({
  meta: { name: 'tail', description: 'Print the posts of a feed as they arrive, through any outage' },
  args: {
    feed: {
      type: 'positional',
      description: 'public, user:<handle>, tag:<tag>, thread:<post id>; with a token home, notifications',
      required: true,
    },
    url: {
      type: 'string',
      description: 'Where the server is',
      default: process.env['SKEIN_URL'] ?? 'http://localhost:8080',
    },
    token: { type: 'string', description: 'A token of `skein token create`; or SKEIN_TOKEN' },
    state: { type: 'string', description: 'A file that keeps the place, so that the next run goes on from it' },
    json: { type: 'boolean', description: 'One JSON object a line' },
  },
  run: ({ args }) =>
    tail({
      feed: args.feed,
      url: args.url,
      token: args.token ?? process.env['SKEIN_TOKEN'],
      state: args.state,
      json: args.json === true,
    }),
})

interface TailArgs {
  readonly feed: string
  readonly url: string
  readonly token: string | undefined
  readonly state: string | undefined
  readonly json: boolean
}

async function tail({ feed, url, token, state, json }: TailArgs): Promise<void> {
  if (!isFeed(feed))
    throw new AppError('invalid', { message: `${feed} is not a feed: try public, user:<handle> or tag:<tag>.` })
  await using client = createClient({ url, app: 'skein tail' })
  if (token !== undefined) await client.auth.useRefreshToken(token)
  const from = state !== undefined && existsSync(state) ? readFileSync(state, 'utf8').trim() : ''
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  client.on('connection', (now) => {
    if (now.status === 'offline') console.error(`No connection to ${url} (${now.reason}); trying again.`)
  })
  for await (const event of client.subscribe(feed, { signal: stop.signal, ...(from === '' ? {} : { from }) })) {
    const line = json ? JSON.stringify(event) : textOf(event)
    if (line !== null) console.log(line)
    if (state !== undefined && 'cursor' in event) writeFileSync(state, `${event.cursor}\n`)
  }
}

function isFeed(name: string): name is FeedName {
  return parseFeed(name) !== null
}

function textOf(event: FeedEvent): string | null {
  switch (event.type) {
    case 'post': {
      const { post, repostedBy } = event.item
      const who =
        repostedBy === undefined ? `@${post.author.handle}` : `@${repostedBy.handle} reposted @${post.author.handle}`
      return `${new Date(post.createdAtMs).toISOString().slice(11, 19)}  ${who}  ${post.text.replaceAll('\n', ' ')}`
    }
    case 'notification':
      return `${event.notification.type} by @${event.notification.actor.handle}  ${event.notification.post?.text.replaceAll('\n', ' ') ?? ''}`
    case 'gap':
      return '— posts are missing here: the place was too old —'
    case 'caught-up':
      return event.replayed > 0 ? `— ${event.replayed} caught up —` : null
    case 'more':
      return `— ${event.count} more —`
    case 'edit':
    case 'delete':
    case 'sources':
    case 'stats':
      return null
  }
}
