import { encodeLogCursor, type FeedPage, type PageInput, type UserId } from '@skein/contracts'
import { isActorVisible } from '@skein/visibility'
import { placeOf } from '../domain/read-page.js'
import { storedLines } from '../homes/home-lines.js'
import type { Parts } from '../parts.js'
import { beginOwnRead, type OwnRead, type Request } from '../reads/begin-read.js'
import { readFeedPage, type PostFeed } from '../reads/post-feed.js'
import { os } from './os.js'

/** Posts and reposts of the reader and of everyone they follow: from a stored home where there is one, else from the database. */
export function homeMethod(parts: Parts) {
  return os.feeds.home.handler(({ input, context, signal }) => readHome(parts, input, { context, signal }))
}

async function readHome(parts: Parts, input: PageInput, request: Request): Promise<FeedPage> {
  const place = placeOf(input)
  const moment = await parts.homes?.begin()
  const read = await beginOwnRead(parts, request)
  const stored = await moment?.open(read.edges)
  const actorIds = sourcesOf(read)
  const database: PostFeed['list'] = (range) => parts.post.entries.byActors({ ...range, actorIds }, read.call)
  if (moment === undefined || stored === undefined)
    return readFeedPage(parts, read, place, { kind: 'home', list: database })
  const cursor = encodeLogCursor(moment.positions)
  return readFeedPage(parts, { ...read, cursor }, place, { kind: 'home', list: storedLines(stored, database) })
}

/** Muted ones are left out here, so that what they post is never read. */
function sourcesOf({ viewer, edges }: OwnRead): UserId[] {
  const ids = [viewer.id, ...edges.follows.map((edge) => edge.id)]
  return ids.filter((id) => isActorVisible('home', id, viewer))
}
