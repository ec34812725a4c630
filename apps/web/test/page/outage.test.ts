import { expect } from 'chai'
import { describePages } from '../support/page-suite.js'

describePages('the connection', ({ open }) => {
  it('[WEB27] a blip is not spoken of; after two seconds a banner counts down and tries on demand', async () => {
    const page = await open('/')
    await page.locator('article').first().waitFor()
    const shownAfterMs = await page.evaluate(
      () =>
        new Promise<number>((done) => {
          const start = performance.now()
          new MutationObserver(() => document.querySelector('.banner') && done(performance.now() - start)).observe(
            document.body,
            { subtree: true, childList: true },
          )
          window.fake.down(9_000)
        }),
    )
    expect(shownAfterMs).to.be.within(1_900, 4_000)
    await page.getByText(/^Reconnecting in \d s$/).waitFor()
    await page.getByText('Offline', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Try now' }).click()
    expect(await page.evaluate(() => window.fake.calls)).to.include('reconnectNow')
    await page.evaluate(() => window.fake.up(0))
    await page.getByText('Live', { exact: true }).waitFor()
    expect(await page.locator('.banner, .toast').count()).to.equal(0)
  })

  it('[WEB28] what was caught up is told, waits in the pill, and is shown on demand', async () => {
    const page = await open('/')
    await page.locator('article').first().waitFor()
    await page.evaluate(() => window.fake.down())
    await page.evaluate(() => window.fake.up(7))
    await page.getByText('Back online, 7 posts caught up').waitFor()
    await page.getByRole('button', { name: '7 new posts' }).waitFor()
    await page.getByRole('button', { name: 'Show' }).click()
    await page.waitForFunction(() => document.querySelectorAll('article.is-new').length === 7)
    expect(await page.locator('.toast').count()).to.equal(0)
  })

  it('[WEB28] a toast leaves by itself after six seconds, not while the pointer is on it', async () => {
    const page = await open('/')
    await page.clock.install()
    await page.evaluate(() => window.fake.deletePost('x'))
    await page.getByRole('button', { name: 'More', exact: true }).first().click()
    await page.getByRole('menuitem', { name: 'Mute @wren' }).click()
    const toast = page.locator('.toast')
    await toast.waitFor()
    await toast.hover()
    await page.clock.runFor(7_000)
    expect(await toast.count()).to.equal(1)
    await page.mouse.move(5, 5)
    await page.clock.runFor(1_500)
    await toast.waitFor({ state: 'detached' })
  })

  it('[WEB29] a gap is an article of the feed: offered, loading, failed', async () => {
    const page = await open('/')
    await page.locator('article').first().waitFor()
    await page.evaluate(() => window.fake.setGap(1))
    const gap = page.getByRole('article', { name: 'Some posts are missing here' })
    await gap.getByRole('button', { name: 'Load them' }).waitFor()
    expect(await gap.getAttribute('aria-posinset')).to.equal('3')
    await page.evaluate(() => window.fake.setGapState('loading'))
    expect(await gap.getByRole('button', { name: 'Loading' }).getAttribute('aria-disabled')).to.equal('true')
    expect(await page.getByRole('feed').getAttribute('aria-busy')).to.equal('true')
    await page.evaluate(() => window.fake.setGapState('failed'))
    await gap.getByRole('button', { name: 'Try again' }).click()
    await gap.waitFor({ state: 'detached' })
  })

  it('[WEB30] nothing is drawn for 300 ms, then stitches; a spinner never', async () => {
    const page = await open('/', { scenario: 'slow' })
    expect(await page.locator('.skeleton').count()).to.equal(0)
    await page.locator('.skeleton').first().waitFor()
    expect(await page.getByRole('status').filter({ hasText: 'Loading posts' }).count()).to.equal(1)
  })

  it('[WEB31] offline with nothing stored, and an answer with an error, are told apart', async () => {
    const offline = await open('/', { scenario: 'offline' })
    await offline.getByRole('heading', { name: 'You are offline' }).waitFor()
    await offline.getByText('Posts load by themselves when the connection is back.').waitFor()
    const failed = await open('/', { scenario: 'error' })
    await failed.getByRole('heading', { name: 'The posts did not load' }).waitFor()
    await failed
      .getByText('The server answered with an error. It is not something you did. Request 7f3a-19c2.')
      .waitFor()
  })

  it('[WEB32] screen readers are told of new posts in a polite status', async () => {
    const page = await open('/')
    await page.locator('article').first().focus()
    await page.evaluate(() => window.fake.arrive('home'))
    await page.getByRole('status').filter({ hasText: '1 new post' }).waitFor({ state: 'attached' })
  })
})
