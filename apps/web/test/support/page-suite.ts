import { expect } from 'chai'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { buildFake } from './build-fake.js'
import { findChromium, launchChromium } from './browser.js'
import type { Scenario } from './fake-world.js'
import { serveBuilt, type StaticServer } from './static-server.js'

interface World {
  browser: Browser
  server: StaticServer
}

/** One build, one server and one browser for all files; made when first needed. */
let world: Promise<World> | null = null

async function begin(executablePath: string): Promise<World> {
  const server = await serveBuilt(await buildFake())
  return { browser: await launchChromium(executablePath), server }
}

after('close the browser', async () => {
  const made = await world?.catch(() => null)
  await made?.browser.close()
  await made?.server[Symbol.asyncDispose]()
})

export interface OpenOptions extends BrowserContextOptions {
  scenario?: Scenario
  width?: number
  height?: number
}

export interface PageSuite {
  /** A page of its own over the fake client, closed after the test. Its errors fail the test. */
  open: (path: string, options?: OpenOptions) => Promise<Page>
}

/**
 * Tests in a real browser. Without a Chromium they say so and are skipped; with SKEIN_REQUIRE_BROWSER=1 they fail.
 */
export function describePages(title: string, tests: (suite: PageSuite) => void): void {
  describe(title, function pages() {
    this.timeout(60_000)
    const contexts: BrowserContext[] = []
    const errors: string[] = []
    let made: World

    before('start a browser', async function start() {
      const chromium = findChromium()
      if (chromium === null) {
        if (process.env['SKEIN_REQUIRE_BROWSER'] === '1') throw new Error('no Chromium, and one is required')
        process.stdout.write(`    skipped: no Chromium (${title})\n`)
        this.skip()
      }
      world ??= begin(chromium)
      made = await world
    })

    afterEach(async () => {
      await Promise.all(contexts.splice(0).map((context) => context.close()))
      expect(errors.splice(0), 'errors on the page').to.deep.equal([])
    })

    tests({
      async open(path, { scenario = 'home', width = 1360, height = 900, ...options } = {}) {
        const context = await made.browser.newContext({
          viewport: { width, height },
          reducedMotion: 'reduce',
          ...options,
        })
        contexts.push(context)
        const page = await context.newPage()
        page.on('pageerror', (error) => errors.push(error.message))
        page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
        await page.goto(`${made.server.url}${path}${path.includes('?') ? '&' : '?'}fake=${scenario}`)
        await page.waitForSelector('#main')
        return page
      },
    })
  })
}

/** Where a line's top is, in px from the window's top. */
export function topOf(page: Page, id: string): Promise<number> {
  return page.locator(`main [data-id="${id}"]`).evaluate((line) => line.getBoundingClientRect().top)
}

/** Two frames: whatever was to be drawn is drawn. */
export function drawn(page: Page): Promise<void> {
  return page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  )
}
