import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { describePages } from '../support/page-suite.js'

function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent ?? '')
}
function pathOf(page: Page): string {
  return new URL(page.url()).pathname
}

describePages('the keyboard', ({ open }) => {
  it('[WEB38] j and k, Page Down and Up move between posts', async () => {
    const page = await open('/')
    await page.locator('article').first().waitFor()
    await page.keyboard.press('j')
    expect(await focusedText(page)).to.include('pink-footed geese')
    await page.keyboard.press('j')
    await page.keyboard.press('PageDown')
    expect(await focusedText(page)).to.include('Ferry Watch')
    await page.keyboard.press('PageUp')
    await page.keyboard.press('k')
    expect(await focusedText(page)).to.include('pink-footed geese')
  })

  it('[WEB38] l, t, r act on the focused post, o and Enter open it', async () => {
    const page = await open('/')
    await page.locator('article').nth(1).focus()
    await page.keyboard.press('l')
    await page.getByRole('button', { name: 'Like, 18' }).waitFor()
    await page.keyboard.press('t')
    await page.locator('article').nth(1).getByRole('button', { name: 'Repost, 2', exact: true }).waitFor()
    await page.keyboard.press('r')
    await page.waitForFunction(() => document.activeElement instanceof HTMLTextAreaElement)
    await page.keyboard.type('jkl')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await focusedText(page)).to.include('Rye is out')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Thread' }).waitFor()
    expect(await page.getByLabel('Your reply').inputValue()).to.equal('jkl')
  })

  it('[WEB38] c writes from anywhere, g h, g n and g p go, / searches, ? lists the keys', async () => {
    const page = await open('/@wren')
    await page.getByRole('heading', { name: 'Wren Abernathy' }).waitFor()
    await page.keyboard.press('c')
    await page.waitForFunction(() => document.activeElement?.closest('#compose') !== null && location.pathname === '/')
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('n')
    await page.getByRole('heading', { name: 'Notices' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await page.getByRole('heading', { name: 'Ines Kovač' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('h')
    await page.getByLabel('Your post').waitFor()
    await page.keyboard.press('/')
    await page.waitForFunction(() => document.activeElement?.id === 'q')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('[WEB38] nothing happens while typing', async () => {
    const page = await open('/')
    await page.getByLabel('Your post').focus()
    await page.keyboard.type('jk?lgh.')
    expect(await page.getByLabel('Your post').inputValue()).to.equal('jk?lgh.')
    expect(await page.getByRole('dialog').count()).to.equal(0)
  })

  it('[WEB38] Ctrl End and Ctrl Home leave the feed', async () => {
    const page = await open('/')
    await page.locator('article').nth(2).focus()
    await page.keyboard.press('Control+End')
    expect(await page.evaluate(() => document.activeElement?.closest('[role="feed"]') === null)).to.equal(true)
    await page.locator('article').nth(2).focus()
    await page.keyboard.press('Control+Home')
    expect(await page.evaluate(() => document.activeElement?.closest('.composer') !== null)).to.equal(true)
  })

  it('[WEB39] a menu is worked by arrows and left by Escape, with the focus back on its opener', async () => {
    const page = await open('/')
    const more = page.getByRole('button', { name: 'More', exact: true }).first()
    await more.focus()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.textContent === 'Copy the link')
    await page.keyboard.press('ArrowUp')
    expect(await focusedText(page)).to.equal('Block @wren')
    await page.keyboard.press('Home')
    expect(await focusedText(page)).to.equal('Copy the link')
    await page.keyboard.press('Escape')
    expect(await more.evaluate((button) => button === document.activeElement)).to.equal(true)
    expect(await page.getByRole('menu').count()).to.equal(0)
  })

  it('[WEB40] one can sign up, write, follow, search and sign out by keyboard alone', async () => {
    const page = await open('/sign-up', { scenario: 'out' })
    await page.getByLabel('Name').waitFor()
    const tabTo = async (name: RegExp) => {
      for (let i = 0; i < 60; i += 1) {
        await page.keyboard.press('Tab')
        const label = await page.evaluate(() => {
          const element = document.activeElement
          if (!(element instanceof HTMLElement)) return ''
          const own =
            element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
              ? (element.labels?.[0]?.textContent ?? '')
              : ''
          return own || element.getAttribute('aria-label') || element.textContent
        })
        if (name.test(label)) return
      }
      throw new Error(`Tab never came to ${name}`)
    }
    await tabTo(/^Name$/)
    await page.keyboard.type('Nell')
    await tabTo(/^Handle$/)
    await page.keyboard.type('nell')
    await tabTo(/^Password$/)
    await page.keyboard.type('correct horse battery')
    await page.keyboard.press('Enter')
    await page.getByLabel('Your post').waitFor()
    await page.keyboard.press('c')
    await page.keyboard.type('By keys alone.')
    await page.keyboard.press('Control+Enter')
    await page.locator('article', { hasText: 'By keys alone.' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await page.getByRole('searchbox').waitFor()
    await page.waitForFunction(() => document.activeElement?.id === 'q')
    await page.keyboard.type('hanne')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/search?q=hanne')
    await tabTo(/^Follow Hanne/)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Following Hanne Vestergaard' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await page.getByRole('heading', { name: 'Nell' }).waitFor()
    await tabTo(/^Settings$/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await tabTo(/^Sign out$/)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(pathOf(page)).to.equal('/settings')
  })

  it('[WEB41] the first Tab reaches the skip link, which leads to the posts', async () => {
    const page = await open('/')
    await page.locator('article').first().waitFor()
    await page.keyboard.press('Tab')
    expect(await focusedText(page)).to.equal('Skip to the posts')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('main')
  })
})
