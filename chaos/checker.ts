import { eventually } from '@skein/platform/testing'
import { doubled, idsOf, isGrowing, loadFeed, textsOf } from '../test/support/feeds.js'
import { linesOf, loadWhole, pictureOf } from '../test/support/picture.js'
import type { Author, Crowd, Reader } from './crowd.js'

/** What was found wrong, in words, each with its invariant; empty when all holds. */
export type Findings = string[]

export interface CheckOptions {
  /** How long homes may take to be right again after the last fault. */
  readonly quietMs: number
}

/**
 * Waits for quiet and holds the invariants against what was acknowledged. A post that was tried and not acknowledged may
 * be there or not, once. Nobody may post meanwhile.
 */
export async function check(crowd: Crowd, { quietMs }: CheckOptions): Promise<Findings> {
  const findings: Findings = []
  for (const author of crowd.authors) findings.push(...(await checkAuthor(author)))
  for (const reader of crowd.readers) findings.push(...(await checkReader(reader, crowd, quietMs)))
  return findings
}

async function checkAuthor({ person, tried, acknowledged }: Author): Promise<Findings> {
  const lines = (await loadFeed(person.client, `user:${person.handle}`)).toReversed()
  const texts = textsOf(lines)
  const there = new Set(idsOf(lines))
  const findings: Findings = []
  const lost = acknowledged.filter(({ id }) => !there.has(id))
  if (lost.length > 0) findings.push(`I1 lost: ${lost.length} of ${person.handle}, such as ${lost[0]?.text ?? ''}`)
  const made = texts.filter((text) => !tried.includes(text))
  if (made.length > 0) findings.push(`I2 never sent: ${made[0] ?? ''}`)
  const twice = doubled(texts)
  if (twice.length > 0) findings.push(`I3 doubled: ${twice.length} of ${person.handle}, such as ${twice[0] ?? ''}`)
  if (!isGrowing(texts.map((text) => tried.indexOf(text)))) findings.push(`I4 order: ${person.handle}`)
  return findings
}

/** What a reader must see: every line of those they follow. */
async function checkReader(reader: Reader, crowd: Crowd, quietMs: number): Promise<Findings> {
  const { person, heard, view } = reader
  const due = crowd.authors
    .filter(({ person: { id } }) => reader.follows.some((follow) => follow.id === id))
    .flatMap(({ acknowledged }) => idsOf(acknowledged))
  const isThere = (ids: ReadonlySet<string>) => due.every((id) => ids.has(id))
  const findings: Findings = []
  let fresh = await loadFeed(person.client, 'home')
  try {
    await eventually(async () => {
      fresh = await loadFeed(person.client, 'home')
      return isThere(new Set(idsOf(fresh)))
    }, quietMs)
  } catch {
    const there = new Set(idsOf(fresh))
    const lost = due.filter((id) => !there.has(id))
    findings.push(`I1 lost in the home of ${person.handle}: ${lost.length} of ${due.length}, such as ${lost[0] ?? ''}`)
  }
  const twice = doubled(idsOf(fresh))
  if (twice.length > 0) findings.push(`I3 doubled in the home of ${person.handle}: ${twice.length}`)
  const known = new Set(crowd.authors.flatMap(({ tried }) => tried))
  const strange = heard.texts().filter((text) => !known.has(text))
  if (strange.length > 0) findings.push(`I2 ${person.handle} heard what was never sent: ${strange[0] ?? ''}`)
  const follows = new Set(reader.follows.map(({ handle }) => handle))
  const foreign = heard.of('post').filter(({ item }) => !follows.has(item.post.author.handle))
  if (foreign.length > 0) findings.push(`I9 ${person.handle} heard @${foreign[0]?.item.post.author.handle ?? ''}`)
  const heardTwice = doubled(heard.of('post').map(({ item }) => item.id))
  if (heardTwice.length > 0) findings.push(`I3 ${person.handle} heard ${heardTwice.length} twice`)
  if (!heardInOrder(reader, crowd)) findings.push(`I4 ${person.handle} heard an author out of order`)
  findings.push(...(await compareView(reader, idsOf(fresh), quietMs)))
  return findings

  async function compareView(of: Reader, freshIds: readonly string[], waitMs: number): Promise<Findings> {
    try {
      await eventually(async () => {
        const shown = await loadWhole(view, waitMs)
        return JSON.stringify(idsOf(shown)) === JSON.stringify(freshIds)
      }, waitMs)
      const shown = linesOf(view).map((line) => JSON.stringify(pictureOf(line)))
      return JSON.stringify(shown) === JSON.stringify(fresh.map((line) => JSON.stringify(pictureOf(line))))
        ? []
        : [`I6 the view of ${of.person.handle} shows other lines than a fresh load`]
    } catch {
      const shown = idsOf(linesOf(view))
      const missing = freshIds.filter((id) => !shown.includes(id))
      const more = shown.filter((id) => !freshIds.includes(id))
      return [`I6 the view of ${of.person.handle}: ${missing.length} missing, ${more.length} more than a fresh load`]
    }
  }
}

function heardInOrder({ heard }: Reader, crowd: Crowd): boolean {
  return crowd.authors.every(({ person, tried }) =>
    isGrowing(
      heard
        .of('post')
        .filter(({ item }) => item.post.author.id === person.id)
        .map(({ item }) => tried.indexOf(item.post.text)),
    ),
  )
}
