import type { Client, FeedItem } from '@skein/client'
import { loadWhole, pictureOf } from '../test/support/picture.js'
import { inTurns, type Crowd, type Reader } from './crowd.js'
import type { Author } from './author.js'
import { untilDone } from './restless.js'
import type { AuthorRecord, Line, ReaderRecord } from './record.js'

/** So few at once that a small machine answers each of them in time. */
const together = 4

/** Looks at everything again, freshly loaded; of readers, so many homes besides those that have a view. */
export async function observe(
  crowd: Crowd,
  homes: number,
): Promise<{ readonly authors: AuthorRecord[]; readonly readers: ReaderRecord[] }> {
  const authors = await inTurns(crowd.authors.length, (n) => observeAuthor(crowd.authors[n] as Author), together)
  const readers = await inTurns(
    crowd.readers.length,
    (n) => observeReader(crowd.readers[n] as Reader, crowd, n < homes),
    together,
  )
  return { authors, readers }
}

async function observeAuthor({ handle, client, sent, refused, isSteady }: Author): Promise<AuthorRecord> {
  const lines = await loadFeed(client, `user:${handle}`)
  const followers = await untilDone(async () => {
    let listed = 0
    for await (const _ of client.users.followers(handle, { limit: 100 })) listed += 1
    return { counted: (await client.users.get(handle)).counts.followers, listed }
  })
  return { handle, sent, isUnordered: !isSteady, refused, shown: lines.toReversed().map(lineOf), followers }
}

async function observeReader(reader: Reader, crowd: Crowd, looks: boolean): Promise<ReaderRecord> {
  const { handle, client, follows, listener, view } = reader
  const home = looks || view !== null ? await loadFeed(client, 'home') : null
  const shown = view === null ? null : await untilDone(() => loadWhole(view, 30_000))
  const { ended } = listener
  return {
    handle,
    follows,
    changes: crowd.restless.changesOf(handle),
    refused: [...crowd.restless.refusedOf(handle), ...(ended === null ? [] : [`the subscription ended: ${ended}`])],
    listening: listener,
    home: home?.toReversed().map(lineOf) ?? null,
    view: shown?.toReversed().map(lineOf) ?? null,
  }
}

/** A whole feed, newest first, each of its pages asked for until it is answered. */
async function loadFeed(client: Client, feed: 'home' | `user:${string}`): Promise<FeedItem[]> {
  const items: FeedItem[] = []
  for (let before: string | undefined; ;) {
    const at = before === undefined ? {} : { before }
    const page = await untilDone(async () => await client.timeline(feed, { limit: 100, ...at }))
    items.push(...page.items)
    if (page.next === null) return items
    before = page.next
  }
}

function lineOf(item: FeedItem): Line {
  const { id, post } = item
  return {
    id,
    author: post.author.handle,
    text: post.text,
    likes: post.counts.likes,
    picture: JSON.stringify(pictureOf(item)),
  }
}
