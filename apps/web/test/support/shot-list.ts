import type { Page } from 'playwright-core'
import type { Scenario } from './fake-world.js'

export interface Shot {
  name: string
  path: string
  scenario?: Scenario
  /** The whole page instead of the window. */
  isWhole?: boolean
  prepare?: (page: Page) => Promise<unknown>
}

/** The thread's address depends on the time the world was made. */
async function openThread(page: Page): Promise<void> {
  await page.evaluate(() => history.pushState({}, '', `/post/${window.fake.walkId}`))
  await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate', { state: {} })))
  await page.getByRole('heading', { name: '31 replies' }).waitFor()
}

async function showNews(page: Page): Promise<void> {
  await page.locator('article').first().waitFor()
  await page.mouse.wheel(0, 40)
  await page.waitForFunction(() => scrollY > 10)
  await page.evaluate(() => {
    for (let i = 0; i < 12; i += 1) window.fake.arrive('home')
  })
  await page.getByRole('button', { name: '12 new posts' }).waitFor()
  await page.evaluate(() => scrollTo(0, 0))
}

/** Every screen in every state that a person can meet. */
export const shotList: readonly Shot[] = [
  { name: 'door', path: '/', scenario: 'out' },
  {
    name: 'door-wrong',
    path: '/sign-in',
    scenario: 'out',
    prepare: async (page) => {
      await page.getByLabel('Handle').fill('ines')
      await page.getByLabel('Password').fill('wrong')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'door-taken',
    path: '/sign-up',
    scenario: 'out',
    prepare: async (page) => {
      await page.getByLabel('Name').fill('Ines Kovač')
      await page.getByLabel('Handle').fill('ines')
      await page.getByLabel('Password').fill('correct horse battery')
      await page.getByText('@ines is taken').waitFor()
    },
  },
  { name: 'everyone-out', path: '/everyone', scenario: 'out' },
  { name: 'home', path: '/', isWhole: true },
  {
    name: 'home-states',
    path: '/',
    prepare: async (page) => {
      await showNews(page)
      await page.evaluate(() => {
        window.fake.isSending = false
        void window.fake.posts
          .create(
            'Does anyone near the quay have a bike pump I could borrow until Sunday? Presta valve. It will come back with biscuits.',
          )
          .catch(() => {})
        window.fake.refuse()
        void window.fake.posts
          .create('Made the 07:42 with one shoe untied and a slice of toast in each coat pocket. New personal best.')
          .catch(() => {})
        window.fake.setGap(3)
      })
      await page.getByText('Sending').waitFor()
    },
  },
  {
    name: 'home-near',
    path: '/',
    prepare: (page) => page.getByLabel('Your post').fill('The heron is back on the slipway. '.repeat(29)),
  },
  {
    name: 'home-over',
    path: '/',
    prepare: (page) => page.getByLabel('Your post').fill('The heron is back. '.repeat(54)),
  },
  {
    name: 'home-down',
    path: '/',
    prepare: async (page) => {
      await page.evaluate(() => window.fake.down(30_000))
      await page.getByRole('button', { name: 'Try now' }).waitFor()
    },
  },
  {
    name: 'home-caught',
    path: '/',
    prepare: async (page) => {
      await page.locator('article').first().waitFor()
      await page.evaluate(() => window.fake.down())
      await page.waitForTimeout(50)
      await page.evaluate(() => window.fake.up(7))
      await page.getByText('Back online').waitFor()
    },
  },
  {
    name: 'home-menu',
    path: '/',
    prepare: (page) => page.getByRole('button', { name: 'More', exact: true }).first().click(),
  },
  {
    name: 'home-repost-menu',
    path: '/',
    prepare: (page) =>
      page
        .getByRole('button', { name: /^Repost/ })
        .first()
        .click(),
  },
  {
    name: 'home-reply',
    path: '/',
    prepare: (page) =>
      page
        .getByRole('button', { name: /^Reply/ })
        .first()
        .click(),
  },
  { name: 'home-keys', path: '/', prepare: (page) => page.keyboard.press('?') },
  {
    name: 'home-focus',
    path: '/',
    prepare: async (page) => {
      await page.locator('article').first().waitFor()
      await page.keyboard.press('j')
      await page.keyboard.press('j')
    },
  },
  {
    name: 'home-loading',
    path: '/',
    scenario: 'slow',
    prepare: (page) => page.getByText('Loading posts').waitFor({ state: 'attached' }),
  },
  { name: 'home-new', path: '/', scenario: 'new', isWhole: true },
  { name: 'home-offline', path: '/', scenario: 'offline' },
  { name: 'home-error', path: '/', scenario: 'error' },
  { name: 'thread', path: '/', isWhole: true, prepare: openThread },
  {
    name: 'thread-pill',
    path: '/',
    prepare: async (page) => {
      await openThread(page)
      await page.evaluate(() => {
        for (const text of ['One.', 'Two.', 'Three.']) window.fake.arriveReply(text)
      })
      await page.getByRole('button', { name: '3 new replies' }).scrollIntoViewIfNeeded()
    },
  },
  { name: 'thread-missing', path: '/post/00000000000000000000000000' },
  { name: 'profile', path: '/@wren', isWhole: true },
  { name: 'profile-own', path: '/@ines' },
  { name: 'profile-own-empty', path: '/@ines', scenario: 'new' },
  {
    name: 'profile-edit',
    path: '/@ines',
    prepare: (page) => page.getByRole('button', { name: 'Edit profile' }).click(),
  },
  {
    name: 'profile-blocked',
    path: '/@kit',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'More about Kit' }).click()
      await page.getByRole('menuitem', { name: 'Block @kit' }).click()
      await page.getByRole('button', { name: 'Block' }).click()
      await page.getByText('You blocked Kit', { exact: true }).waitFor()
    },
  },
  { name: 'profile-nobody', path: '/@wrenn' },
  { name: 'people', path: '/@wren/followers' },
  { name: 'notices', path: '/notices', isWhole: true },
  { name: 'notices-empty', path: '/notices', scenario: 'new' },
  { name: 'tag', path: '/tag/firstfrost' },
  { name: 'search-start', path: '/search' },
  {
    name: 'search-guesses',
    path: '/search',
    prepare: async (page) => {
      await page.getByRole('searchbox').fill('fir')
      await page.locator('.find .menu__item').nth(1).waitFor()
    },
  },
  { name: 'search', path: '/search?q=ha', isWhole: true },
  { name: 'search-nothing', path: '/search?q=persimon' },
  { name: 'bookmarks', path: '/bookmarks' },
  { name: 'bookmarks-empty', path: '/bookmarks', scenario: 'new' },
  { name: 'settings', path: '/settings', isWhole: true },
  { name: 'not-found', path: '/nowhere/at/all' },
]
