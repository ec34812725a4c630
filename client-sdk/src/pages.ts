import type { Page, PageOptions, Pages } from './types.js'

type At = Pick<PageOptions, 'before' | 'after'>

/**
 * A lazy list. Nothing is asked before it is awaited or iterated; the first page is asked for once. With `after` it goes
 * on towards the newer, else towards the older; a page may be empty before the end.
 */
export function pagesOf<T, P extends Page<T>>(options: PageOptions, fetchPage: (at: At) => Promise<P>): Pages<T, P> {
  const { before, after } = options
  let first: Promise<P> | null = null
  const getFirst = () =>
    (first ??= fetchPage({ ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }))

  async function* pages(): AsyncGenerator<P> {
    let page = await getFirst()
    for (;;) {
      yield page
      const at = after === undefined ? page.next : page.prev
      if (at === null) return
      page = await fetchPage(after === undefined ? { before: at } : { after: at })
      // There is always something that may come after the newest: an empty page is the end of it for now.
      if (after !== undefined && page.items.length === 0) return
    }
  }

  return {
    pages,
    // eslint-disable-next-line unicorn/no-thenable -- awaiting the list gives its first page
    then: (fulfilled, rejected) => getFirst().then(fulfilled, rejected),
    async *[Symbol.asyncIterator]() {
      for await (const page of pages()) yield* page.items
    },
  }
}
