import { existsSync } from 'node:fs'
import { eventually } from '@skein/platform/testing'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { findChromium, launchChromium } from '../../apps/web/test/support/browser.js'
import { fromRoot } from './repo-files.js'

export const webRoot = fromRoot('apps/web/dist')

/** A browser, or why there is none. @throws Error when one is required */
export async function openBrowser(): Promise<Browser | string> {
  const place = findChromium()
  const missing =
    place === null
      ? 'no Chromium was found'
      : existsSync(`${webRoot}/index.html`)
        ? null
        : 'the page is not built: npm run build'
  if (place !== null && missing === null) return await launchChromium(place)
  if (process.env['SKEIN_REQUIRE_BROWSER'] === '1') throw new Error(missing ?? '')
  return missing ?? ''
}

/** A context of its own, as another person's browser is. */
export async function openPage(browser: Browser, opened: BrowserContext[]): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_000, height: 800 }, reducedMotion: 'reduce' })
  opened.push(context)
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  return page
}

export interface Account {
  readonly name: string
  readonly handle: string
  readonly password: string
}

export async function signUpOn(page: Page, url: string, { name, handle, password }: Account): Promise<void> {
  await page.goto(`${url}/sign-up`)
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Handle', { exact: true }).fill(handle)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByLabel('Your post').waitFor()
}

export async function signInOn(page: Page, url: string, { handle, password }: Omit<Account, 'name'>): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('Handle', { exact: true }).fill(handle)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Your post').waitFor()
}

export async function postOn(page: Page, text: string): Promise<void> {
  await page.getByLabel('Your post').fill(text)
  await page.getByRole('button', { name: 'Post', exact: true }).click()
}

/** The words of the posts on the page, in the order in which they stand. */
export function postsOn(page: Page): Promise<string[]> {
  return page.locator('main article .post__text').allInnerTexts()
}

/** Tab, until what has the focus has this role and name. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    const held = await page.evaluate(() => {
      const own = document.activeElement
      if (!(own instanceof HTMLElement)) return ''
      const labels = own instanceof HTMLInputElement || own instanceof HTMLTextAreaElement ? own.labels : null
      return own.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? own.textContent
    })
    if (name.test(held.trim())) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to ${String(name)}`)
}

/** Shows what waits, if it does, until the page's posts are these. */
export async function showsPosts(page: Page, isRight: (posts: string[]) => void, timeoutMs = 10_000): Promise<void> {
  await eventually(async () => {
    const pill = page.locator('[data-key="."]')
    if ((await pill.count()) > 0) await pill.first().click({ timeout: 500 })
    isRight(await postsOn(page))
  }, timeoutMs)
}
