import { expect } from 'chai'
import { fakeId } from '../support/fake-people.js'
import { describePages, drawn, topOf } from '../support/page-suite.js'

describePages('reading', ({ open }) => {
  it('[WEB20] the reading position does not move by a pixel when posts arrive, are shown, edited or deleted above', async () => {
    const page = await open('/', { scenario: 'long' })
    await page.locator('article').nth(15).waitFor()
    await page.evaluate(() => scrollTo(0, 1_500))
    await drawn(page)
    const ids = await page.evaluate(() => window.fake.homeIds())
    const seen = await page.evaluate(() => {
      const line = [...document.querySelectorAll<HTMLElement>('article')].find(
        (a) => a.getBoundingClientRect().top > 100,
      )
      return line?.dataset['id'] ?? ''
    })
    const before = await topOf(page, seen)
    const same = async (what: string) => {
      await drawn(page)
      expect(Math.abs((await topOf(page, seen)) - before), what).to.be.lessThan(1)
    }
    await page.evaluate(() => {
      for (let i = 0; i < 12; i += 1) window.fake.arrive('home')
    })
    await page.getByRole('button', { name: '12 new posts' }).waitFor()
    await same('arrived')
    await page.evaluate((id) => window.fake.edit(id, 'Much shorter.'), ids[0] ?? '')
    await same('edited above')
    await page.evaluate((id) => window.fake.deletePost(id), ids[1] ?? '')
    await same('deleted above')
    await page.evaluate(() => window.fake.down(60_000))
    await page.getByRole('button', { name: 'Try now' }).waitFor()
    await same('banner shown')
    await page.evaluate(() => window.fake.up(7))
    await page.getByText('Back online, 7 posts caught up').waitFor()
    await same('toast shown')
    await page.evaluate(() => window.fake.setGap(2))
    await same('gap above')
  })

  it('[WEB20] older posts come in below without moving anything', async () => {
    const page = await open('/', { scenario: 'long' })
    await page.locator('article').nth(10).waitFor()
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
    const y = await page.evaluate(() => scrollY)
    await page.locator('article').nth(39).waitFor()
    expect(await page.evaluate(() => scrollY)).to.equal(y)
  })

  it('[WEB21] at the top, with the focus elsewhere, posts go in by themselves', async () => {
    const page = await open('/')
    await page.locator('article').first().waitFor()
    await page.evaluate(() => window.fake.arrive('home', 'Straight in.'))
    await page.locator('article.is-new', { hasText: 'Straight in.' }).waitFor()
    expect(await page.locator('.pill').count()).to.equal(0)
  })

  it('[WEB21] with the focus in the feed they wait', async () => {
    const page = await open('/')
    await page.locator('article').first().focus()
    await page.evaluate(() => window.fake.arrive('home', 'Waits.'))
    await page.getByRole('button', { name: '1 new post' }).waitFor()
    expect(await page.getByText('Waits.').count()).to.equal(0)
  })

  it('[WEB21] while the page is not seen they wait', async () => {
    const page = await open('/')
    await page.locator('article').first().waitFor()
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
      window.fake.arrive('home', 'Waits.')
    })
    await page.getByRole('button', { name: '1 new post' }).waitFor()
    await page.waitForFunction(() => document.title.startsWith('(16) Home'))
  })

  it('[WEB22] the pill brings to the top and focuses the newest; the full stop key does the same', async () => {
    for (const way of ['press', 'key']) {
      const page = await open('/', { scenario: 'long' })
      await page.locator('article').nth(15).waitFor()
      await page.evaluate(() => scrollTo(0, 1_500))
      await drawn(page)
      await page.evaluate(() => {
        window.fake.arrive('home', 'One.')
        window.fake.arrive('home', 'Two.')
      })
      const pill = page.getByRole('button', { name: '2 new posts' })
      await pill.waitFor()
      await (way === 'press' ? pill.click() : page.keyboard.press('.'))
      await page.waitForFunction(() => document.activeElement?.textContent.includes('Two.'))
      expect(await page.evaluate(() => scrollY)).to.equal(0)
      expect(await page.locator('article.is-new').count()).to.equal(2)
      expect(await page.locator('.pill').count()).to.equal(0)
    }
  })

  it('[WEB23] going back finds the same lines at the same place, with the focus where it was', async () => {
    const page = await open('/', { scenario: 'long' })
    await page.locator('article').nth(15).waitFor()
    for (let i = 0; i < 9; i += 1) await page.keyboard.press('j')
    const id = await page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-id]')?.dataset['id'] ?? '')
    const before = await topOf(page, id)
    await page.keyboard.press('o')
    await page.getByRole('heading', { name: 'Thread' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('main')
    expect(await page.evaluate(() => scrollY)).to.equal(0)
    await page.goBack()
    await page.getByRole('heading', { name: 'Home' }).waitFor({ state: 'attached' })
    await drawn(page)
    expect(Math.abs((await topOf(page, id)) - before)).to.be.lessThan(1)
    expect(
      await page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-id]')?.dataset['id']),
    ).to.equal(id)
  })

  it('[WEB24] a reader who returns finds a ring where they left off, and what is newer is marked as new', async () => {
    const page = await open('/')
    await page.locator('article').first().waitFor()
    const account = await page.evaluate(() => window.fake.me?.id ?? '')
    await page.addInitScript(
      ([key, value]) => localStorage.setItem(key ?? '', value ?? ''),
      [`skein:left:${account}:home`, `${fakeId(Date.now() - 35 * 60_000)} ${Date.now() - 7_200_000}`],
    )
    await page.reload()
    await page.getByText('You left off here, 2 h ago').waitFor()
    expect(await page.locator('article.is-new').count()).to.equal(4)
    expect(await page.locator('article').nth(4).locator('.mark').count()).to.equal(1)
  })

  it('[WEB25] a long post shows eight lines and the rest on demand', async () => {
    const page = await open('/')
    const post = page.locator('article', { hasText: 'repair table' })
    const more = post.getByRole('button', { name: 'Read the rest' })
    await more.waitFor()
    const clamped = await post.evaluate((a) => a.clientHeight)
    await more.click()
    await post.getByRole('button', { name: 'Show less' }).waitFor()
    expect(await post.evaluate((a) => a.clientHeight)).to.be.greaterThan(clamped + 100)
  })

  it('[WEB26] a changed count moves nothing', async () => {
    const page = await open('/')
    const like = page.getByRole('button', { name: 'Like, 17' })
    const box = await like.boundingBox()
    await like.click()
    await page.getByRole('button', { name: 'Like, 18' }).and(page.locator('[aria-pressed="true"]')).waitFor()
    expect(await page.getByRole('button', { name: 'Like, 18' }).boundingBox()).to.deep.equal(box)
  })

  it('[WEB26] a refused mark is put back and told', async () => {
    const page = await open('/')
    await page.evaluate(() =>
      window.fake.failures.set('posts.liked', { code: 'rate_limited', message: 'Too many requests.', retryable: true }),
    )
    await page.getByRole('button', { name: 'Like, 17' }).click()
    await page.getByText('Too many requests.').waitFor()
    await page.getByRole('button', { name: 'Like, 17' }).waitFor()
  })
})
