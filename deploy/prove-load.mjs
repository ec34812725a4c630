// People who post and people who watch, for deploy/prove.mjs: whatever is done to the system meanwhile, nothing acknowledged may be missing
// or doubled, live or on a page.
import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from '@skein/client'

const writers = 4
const readers = 8
const pauseMs = 700
const password = 'a good long password'

/** @param {string} url @returns {Promise<{ settle(): Promise<string>, readAnew(): Promise<void> }>} */
export async function startLoad(url) {
  const run = Date.now().toString(36)
  /** @param {string} kind @param {number} n */
  const join = async (kind, n) => {
    const client = createClient({ url })
    const handle = `${kind}${run}${n}`
    await client.auth.signUp({ handle, name: handle, password })
    return { client, handle }
  }
  const authors = await Promise.all(Array.from({ length: writers }, (_, n) => join('w', n)))
  const watchers = await Promise.all(
    Array.from({ length: readers }, async (_, n) => {
      const watcher = await join('r', n)
      for (const { handle } of authors) await watcher.client.users.follow(handle, true)
      return { ...watcher, view: watcher.client.view('home', { autoShow: true }) }
    }),
  )
  for (const { view } of watchers) view.subscribe(() => undefined)

  const stopping = new AbortController()
  /** @type {Map<string, string[]>} */
  const acknowledged = new Map(authors.map(({ handle }) => [handle, []]))
  const errors = []
  let slowestMs = 0
  const writing = authors.map(async ({ client, handle }) => {
    for (let n = 0; !stopping.signal.aborted; n++) {
      const text = `${handle} ${n}`
      const began = Date.now()
      try {
        await client.posts.create(text, { timeoutMs: 120_000 })
        acknowledged.get(handle)?.push(text)
      } catch (thrown) {
        errors.push(`${text}: ${thrown.code ?? thrown.message}`)
      }
      slowestMs = Math.max(slowestMs, Date.now() - began)
      await wait(pauseMs * (0.5 + Math.random()))
    }
  })

  /**
   * Texts by author, oldest first, against what was acknowledged.
   * @param {string[]} texts @param {string} where
   */
  function compare(texts, where) {
    for (const [handle, wanted] of acknowledged) {
      const got = texts.filter((text) => text.startsWith(`${handle} `))
      const lacking = wanted.filter((text) => !got.includes(text))
      const doubled = got.filter((text, i) => got.indexOf(text) !== i)
      const numbers = got.map((text) => Number(text.split(' ')[1]))
      const isOrdered = numbers.every((n, i) => i === 0 || n > numbers[i - 1])
      if (lacking.length > 0)
        throw new Error(`${where}: ${lacking.length} of ${wanted.length} of ${handle} are missing: ${lacking[0]}`)
      if (doubled.length > 0) throw new Error(`${where}: ${doubled[0]} is there twice`)
      if (!isOrdered) throw new Error(`${where}: ${handle} is out of order`)
    }
  }

  async function settled() {
    for (const { client, handle, view } of watchers) {
      const live = view.getSnapshot().items.map(({ post }) => post.text)
      compare(live.reverse(), `live at ${handle}`)
      const page = []
      for await (const { post } of client.timeline('home')) page.push(post.text)
      compare(page.reverse(), `on the page of ${handle}`)
    }
  }

  return {
    /** Somebody signs in again and finds everything; asked again for 20 s, since the balancer may be another one. */
    async readAnew() {
      const [{ handle }] = watchers
      const client = createClient({ url })
      try {
        for (const until = Date.now() + 20_000; ; await wait(500)) {
          try {
            await client.auth.signIn({ handle, password })
            break
          } catch (thrown) {
            if (!thrown.retryable || Date.now() > until) throw thrown
          }
        }
        const page = []
        for await (const { post } of client.timeline('home')) page.push(post.text)
        compare(page.reverse(), `on the page of ${handle}, anew`)
      } finally {
        await client.close()
      }
    },
    async settle() {
      stopping.abort()
      await Promise.all(writing)
      const count = [...acknowledged.values()].flat().length
      try {
        for (const until = Date.now() + 60_000; ; await wait(1_000)) {
          try {
            await settled()
            break
          } catch (thrown) {
            if (Date.now() > until) throw thrown
          }
        }
      } finally {
        await Promise.all([...authors, ...watchers].map(({ client }) => client.close()))
      }
      if (errors.length > 0) throw new Error(`${errors.length} posts were refused: ${errors.slice(0, 3).join('; ')}`)
      return `${count} posts, ${readers} watching, the slowest acknowledged after ${(slowestMs / 1_000).toFixed(1)} s`
    },
  }
}
