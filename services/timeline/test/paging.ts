import { AppError, EntryId, encodePageCursor } from '@skein/contracts'
import { expect } from 'chai'

export interface Asked {
  readonly limit?: number
  readonly before?: string
  readonly after?: string
}
export interface Answered {
  readonly items: readonly { readonly id: string }[]
  readonly next: string | null
  readonly prev: string | null
}
export type ReadPage = (asked: Asked) => Promise<Answered>

export const cursorAt = (id: string): string => encodePageCursor(EntryId.parse(id))

/** Reads every page from the newest back, each full but the last, and holds the whole against `all`. */
export async function expectOlderPages(
  read: ReadPage,
  all: readonly string[],
  limits: readonly number[],
): Promise<void> {
  const got: string[] = []
  let next: string | null | undefined
  for (let page = 0; next !== null; page++) {
    const limit = limits[page % limits.length] ?? 1
    const answer: Answered = await read({ limit, ...(next === undefined ? {} : { before: next }) })
    got.push(...answer.items.map(({ id }) => id))
    if (answer.next !== null) expect(answer.items.length, 'a page that is not the last is full').to.equal(limit)
    expect(answer.next === null, 'next is null at the very end alone').to.equal(got.length === all.length)
    expect(answer.prev).to.equal(answer.items[0] ? cursorAt(answer.items[0].id) : null)
    next = answer.next
    expect(page, 'pages end').to.be.at.most(all.length + 1)
  }
  expect(got).to.deep.equal(all)
}

/** Reads every page newer than an id, each full but the last, and holds the whole against `all`. */
export async function expectNewerPages(
  read: ReadPage,
  all: readonly string[],
  from: string,
  limits: readonly number[],
): Promise<void> {
  const got: string[] = []
  const wanted = all.filter((id) => id > from)
  let after: string | null = cursorAt(from)
  for (let page = 0; after !== null; page++) {
    const limit = limits[page % limits.length] ?? 1
    const answer: Answered = await read({ limit, after })
    got.unshift(...answer.items.map(({ id }) => id))
    if (got.length < wanted.length) expect(answer.items.length, 'a page that is not the last is full').to.equal(limit)
    const oldest = answer.items.at(-1)?.id
    const hasOlder = all.some((id) => (oldest === undefined ? cursorAt(id) <= (after ?? '') : id < oldest))
    expect(answer.next !== null, 'next is null at the very end alone').to.equal(hasOlder)
    if (answer.items.length === 0) expect(answer.prev).to.equal(null)
    after = answer.prev
    expect(page, 'pages end').to.be.at.most(all.length + 2)
  }
  expect(got).to.deep.equal(wanted)
}

/** One page on each side of any id, whether or not it is of a line. */
export async function expectPagesAround(
  read: ReadPage,
  all: readonly string[],
  id: string,
  limit: number,
): Promise<void> {
  const older = await read({ limit, before: cursorAt(id) })
  const allOlder = all.filter((other) => other < id)
  expect(older.items.map((item) => item.id)).to.deep.equal(allOlder.slice(0, limit))
  expect(older.next).to.equal(allOlder.length > limit ? cursorAt(older.items.at(-1)?.id ?? '') : null)
  if (allOlder.length === 0) {
    expect(older.prev === null).to.equal(all.length === 0)
    if (older.prev !== null) {
      const back = await read({ limit, after: older.prev })
      expect(back.items.map((item) => item.id)).to.deep.equal(all.slice(-limit))
    }
  }
  const newer = await read({ limit, after: cursorAt(id) })
  const allNewer = all.filter((other) => other > id)
  expect(newer.items.map((item) => item.id)).to.deep.equal(allNewer.slice(-limit))
  if (newer.next !== null && newer.items.length === 0) {
    const back = await read({ limit, before: newer.next })
    expect(back.items.map((item) => item.id)).to.deep.equal(all.slice(0, limit))
  }
}

/** The code with which a call fails, or `ok`. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'ok'
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.code
    throw thrown
  }
}
