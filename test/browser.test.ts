import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { eventually } from '@skein/platform/testing'
import { expect } from 'chai'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import {
  openBrowser,
  openPage,
  postOn,
  postsOn,
  showsPosts,
  signInOn,
  signUpOn,
  tabTo,
  webRoot,
} from './support/pages.js'
import { Closing, password, signUp, type Person } from './support/people.js'
import { startSystem, type System } from './support/system.js'

declare global {
  interface Window {
    axe: { run(context: Document, options: object): Promise<AxeResults> }
    untouched?: boolean
  }
}

describe('the page, served by the whole system, in a real browser', function () {
  this.timeout(90_000)
  let browser: Browser
  let system: System
  let closing: Closing
  let contexts: BrowserContext[]

  before(async function () {
    const found = await openBrowser()
    if (typeof found === 'string') {
      console.warn(`      SKIPPED: ${found}`)
      this.skip()
    }
    browser = found
    system = await startSystem({ webRoot })
  })
  beforeEach(() => {
    closing = new Closing()
    contexts = []
  })
  afterEach(async () => {
    for (const context of contexts) await context.close()
    await closing[Symbol.asyncDispose]()
  })
  after(async () => {
    await browser?.close()
    await system?.[Symbol.asyncDispose]()
  })

  const open = () => openPage(browser, contexts)

  it('[SYS40] two people sign up, one follows the other, and posts arrive without a reload', async () => {
    const [ada, bob] = [await open(), await open()]
    await signUpOn(ada, system.url, { name: 'Ada', handle: 'ada', password })
    await signUpOn(bob, system.url, { name: 'Bob', handle: 'bob', password })
    await bob.goto(`${system.url}/@ada`)
    await bob
      .getByRole('button', { name: /^Follow/ })
      .first()
      .click()
    await bob
      .getByRole('button', { name: /^Following/ })
      .first()
      .waitFor()
    await bob.goto(`${system.url}/`)
    await bob.getByLabel('Your post').waitFor()
    await bob.evaluate(() => {
      window.untouched = true
    })
    await postOn(ada, 'hello from the page')
    await showsPosts(bob, (posts) => expect(posts).to.deep.equal(['hello from the page']))
    await postOn(ada, 'and again')
    await showsPosts(bob, (posts) => expect(posts).to.deep.equal(['and again', 'hello from the page']))
    await showsPosts(ada, (posts) => expect(posts).to.deep.equal(['and again', 'hello from the page']))
    expect(await bob.evaluate(() => window.untouched)).to.equal(true)
  })

  it('[SYS41] the server is restarted under the page: nothing is lost or doubled', async () => {
    const { writer, reader } = await writerAndReader('cyd', 'dee')
    const page = await open()
    await signInOn(page, system.url, reader)
    await page.evaluate(() => {
      window.untouched = true
    })
    await writer.client.posts.create('before the restart')
    await showsPosts(page, (posts) => expect(posts).to.deep.equal(['before the restart']))
    await system.stop()
    await postOn(page, 'written while it was away')
    await system.start()
    await writer.client.posts.create('after the restart')
    const all = ['after the restart', 'before the restart', 'written while it was away']
    await showsPosts(page, (posts) => expect(posts.toSorted()).to.deep.equal(all), 30_000)
    await eventually(async () => {
      const stored = (await reader.client.timeline('home')).items.map(({ post }) => post.text)
      expect(stored.toSorted()).to.deep.equal(all)
    }, 20_000)
    await writer.client.posts.create('and on')
    await showsPosts(page, (posts) =>
      expect(posts.toSorted()).to.deep.equal(['after the restart', 'and on', ...all.slice(1)].toSorted()),
    )
    expect(await page.evaluate(() => window.untouched)).to.equal(true)
  })

  it('[SYS42] what one reads does not move when posts arrive', async () => {
    const { writer, reader } = await writerAndReader('eve', 'fay')
    for (let n = 0; n < 30; n += 1) await writer.client.posts.create(`post ${n} ${'of some length '.repeat(n % 7)}`)
    const page = await open()
    await signInOn(page, system.url, reader)
    const read = page.locator('main article', { hasText: 'post 18 ' })
    await read.scrollIntoViewIfNeeded()
    await page.evaluate(() => scrollBy(0, 120))
    const topOf = async () => (await read.boundingBox())?.y
    const before = await topOf()
    for (let n = 0; n < 12; n += 1) await writer.client.posts.create(`new ${n}`)
    await page.getByRole('button', { name: /12 new posts/ }).waitFor()
    expect(await topOf()).to.equal(before)
    expect((await postsOn(page)).some((text) => text.startsWith('new'))).to.equal(false)
  })

  it('[SYS43] axe finds nothing on any screen, light and dark', async () => {
    const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    const { writer, reader } = await writerAndReader('gus', 'hal')
    const root = await writer.client.posts.create(`a look at #geese with @${reader.handle} https://example.org/`)
    await reader.client.posts.create('an answer', { replyTo: root.id })
    await writer.client.posts.create('a quote', { quoteOf: root.id })
    await reader.client.posts.repost(root.id, true)
    const page = await open()
    const found: string[] = []
    for (const path of ['/sign-in', '/sign-up', '/everyone']) found.push(...(await violations(page, path, source)))
    await signInOn(page, system.url, reader)
    const ofPeople = [`/@${writer.handle}`, `/@${writer.handle}/replies`, `/@${writer.handle}/followers`]
    const ofPosts = ['/', `/post/${root.id}`, '/notices', '/tag/geese', '/search?q=look', '/bookmarks', '/settings']
    for (const path of [...ofPosts, ...ofPeople, '/no-such-page']) found.push(...(await violations(page, path, source)))
    expect(found).to.deep.equal([])
  })

  it('[SYS44] the keyboard alone signs up, follows, posts, likes, opens and goes back', async () => {
    const writer = await signUp(closing, system.url, 'ida')
    await writer.client.posts.create('press me')
    const page = await open()
    await page.goto(`${system.url}/sign-up`)
    await page.getByLabel('Name', { exact: true }).waitFor()
    for (const [field, words] of [
      [/^Name/, 'Joe'],
      [/^Handle/, 'joe'],
      [/^Password/, password],
    ] as const) {
      await tabTo(page, field)
      await page.keyboard.type(words)
    }
    await page.keyboard.press('Enter')
    await page.getByLabel('Your post').waitFor()
    await page.goto(`${system.url}/@ida`)
    await page
      .getByRole('button', { name: /^Follow/ })
      .first()
      .waitFor()
    await tabTo(page, /^Follow(?!ing|ers)/)
    await page.keyboard.press('Enter')
    await page
      .getByRole('button', { name: /^Following/ })
      .first()
      .waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('h')
    await showsPosts(page, (posts) => expect(posts).to.deep.equal(['press me']))
    await page.keyboard.press('c')
    await page.keyboard.type('typed by keys')
    await page.keyboard.press('Control+Enter')
    await eventually(async () => expect(await postsOn(page)).to.deep.equal(['typed by keys', 'press me']), 5_000)
    await likeAndOpenByKeys(page)
    const [liked] = (await writer.client.timeline('user:ida')).items
    await eventually(async () => expect((await writer.client.posts.get(liked?.post.id ?? '')).counts.likes).to.equal(1))
  })

  async function likeAndOpenByKeys(page: Page): Promise<void> {
    await page.keyboard.press('Escape')
    const focused = () => page.evaluate(() => document.activeElement?.querySelector('.post__text')?.textContent ?? '')
    for (let n = 0; n < 5 && (await focused()) !== 'press me'; n += 1) await page.keyboard.press('j')
    expect(await focused()).to.equal('press me')
    await page.keyboard.press('l')
    await page.locator('main article', { hasText: 'press me' }).locator('[aria-pressed="true"]').waitFor()
    await page.keyboard.press('o')
    await page.waitForURL(/\/post\//)
    await tabTo(page, /^Back$/)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === '/')
    await eventually(async () => expect(await postsOn(page)).to.include('press me'), 5_000)
  }

  async function writerAndReader(one: string, other: string): Promise<{ writer: Person; reader: Person }> {
    const [writer, reader] = [await signUp(closing, system.url, one), await signUp(closing, system.url, other)]
    await reader.client.users.follow(writer.handle, true)
    return { writer, reader }
  }

  async function violations(page: Page, path: string, source: string): Promise<string[]> {
    await page.goto(`${system.url}${path}`)
    await page.locator('main').first().waitFor()
    await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => {})
    await page.evaluate(source)
    const found: string[] = []
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const results = await page.evaluate(
        async () => (await window.axe.run(document, { resultTypes: ['violations'] })).violations,
      )
      found.push(
        ...results.flatMap(({ id, nodes }) =>
          nodes.map(({ target }) => `${path} ${colorScheme} ${id}: ${target.join(' ')}`),
        ),
      )
    }
    return found
  }
})
