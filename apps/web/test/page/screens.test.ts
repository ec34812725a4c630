import { expect } from 'chai'
import { describePages } from '../support/page-suite.js'

describePages('screens', ({ open }) => {
  it('[WEB42] the door says what was wrong, and when one may try again', async () => {
    const page = await open('/sign-in', { scenario: 'out' })
    await page.getByLabel('Handle').fill('@Ines')
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page
      .getByRole('alert')
      .filter({ hasText: 'That handle and password do not match. Check both and try again.' })
      .waitFor()
    await page.getByLabel('Password').fill('often')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText(/Too many tries\. You can try again in (40|39|38) s\./).waitFor()
    expect(await page.getByRole('button', { name: 'Sign in' }).getAttribute('aria-disabled')).to.equal('true')
  })

  it('[WEB42] the public feed is live beside the form', async () => {
    const page = await open('/', { scenario: 'out' })
    await page.getByRole('heading', { name: 'Right now on harbour.example' }).waitFor()
    await page.evaluate(() => window.fake.arrive('public', 'Live at the door.'))
    await page.locator('article.is-new', { hasText: 'Live at the door.' }).waitFor()
    await page.getByText('harbour.example is home to 1,204 people.').waitFor()
  })

  it('[WEB42] whoever asks for a page of their own is brought back to it after signing in', async () => {
    const page = await open('/bookmarks', { scenario: 'out' })
    await page.getByLabel('Handle').fill('ines')
    await page.getByLabel('Password').fill('correct horse')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Bookmarks' }).waitFor()
    expect(new URL(page.url()).pathname).to.equal('/bookmarks')
  })

  it('[WEB43] a reader without an account reads, and is led to the door by what needs one', async () => {
    const page = await open('/everyone', { scenario: 'out' })
    await page.getByRole('button', { name: 'Like, 17' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(page.url()).to.match(/\/sign-in\?next=%2Feveryone$/)
  })

  it('[WEB44] a profile is followed, muted, blocked and unblocked', async () => {
    const page = await open('/@kit')
    await page.getByRole('button', { name: 'Follow Kit Larsen' }).first().click()
    await page.getByRole('button', { name: 'Following Kit Larsen' }).first().waitFor()
    await page.getByRole('button', { name: 'More about Kit' }).click()
    await page.getByRole('menuitem', { name: 'Mute @kit' }).click()
    await page.getByText('muted by you').waitFor()
    await page.getByRole('button', { name: 'More about Kit' }).click()
    await page.getByRole('menuitem', { name: 'Block @kit' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click()
    await page.getByRole('heading', { name: 'You blocked Kit' }).waitFor()
    await page.getByRole('button', { name: 'Unblock' }).click()
    await page.getByRole('heading', { name: 'You blocked Kit' }).waitFor({ state: 'detached' })
  })

  it('[WEB44] one’s own profile is edited; a handle nobody has says so', async () => {
    const page = await open('/@ines')
    await page.getByRole('button', { name: 'Edit profile' }).click()
    await page.getByLabel('Name').fill('Ines K.')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Ines K.' }).waitFor()
    const nobody = await open('/@nobody_here')
    await nobody.getByRole('heading', { name: 'Nobody here is called @nobody_here' }).waitFor()
  })

  it('[WEB45] new replies wait in the thread’s pill and are then shown in their place', async () => {
    const page = await open('/')
    await page.evaluate(() => history.replaceState({}, '', `/post/${window.fake.walkId}`))
    await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate', { state: {} })))
    await page.getByText('2 of 4').waitFor()
    await page.evaluate(() => window.fake.arriveReply('Mine was longer.'))
    await page.getByRole('button', { name: '1 new reply' }).click()
    await page.waitForFunction(() => document.activeElement?.textContent.includes('Mine was longer.'))
    const replies = page.getByRole('feed').getByRole('article')
    expect(await replies.last().textContent()).to.include('Mine was longer.')
    await page.getByLabel('Your reply').fill('And back again.')
    await page.getByRole('button', { name: 'Reply', exact: true }).first().click()
    await page.getByRole('feed').getByText('And back again.').waitFor()
  })

  it('[WEB46] seen notices are marked as read, and the mark does not move under the reader’s eyes', async () => {
    const page = await open('/')
    await page.getByRole('link', { name: 'Notices 15 new' }).click()
    await page.getByText('You have seen everything below').waitFor()
    await page.getByRole('link', { name: 'Notices', exact: true }).waitFor()
    expect(await page.locator('article.is-new').count()).to.equal(3)
    await page.getByText('Wren Abernathy, Tobias Okafor and 11 others liked your post').waitFor()
    await page.getByRole('link', { name: 'Mentions' }).click()
    await page.getByText('Mentioned you').waitFor()
    expect(await page.locator('.note').count()).to.equal(0)
  })

  it('[WEB47] typing a search offers guesses; arrows reach them', async () => {
    const page = await open('/search')
    await page.getByRole('searchbox').fill('fir')
    await page.getByRole('link', { name: '#firstfrost 214 posts' }).first().waitFor()
    await page.locator('.find .menu__item').nth(1).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '#firstfrost' }).waitFor()
    const nothing = await open('/search?q=persimon')
    await nothing.getByRole('heading', { name: 'Nothing found for “persimon”' }).waitFor()
  })

  it('[WEB48] a mark set elsewhere shows in a list that is read once', async () => {
    const page = await open('/bookmarks')
    const post = page.locator('article', { hasText: 'why bread goes stale' })
    await post.getByRole('button', { name: 'Bookmark' }).click()
    await post.locator('.action--save[aria-pressed="false"]').waitFor()
  })

  it('[WEB49] settings end sessions, change the password and choose the theme, which does not flash', async () => {
    const page = await open('/settings')
    await page.getByRole('button', { name: 'Sign out skein tail, on the kitchen shelf' }).click()
    await page.getByText('skein tail, on the kitchen shelf').waitFor({ state: 'detached' })
    await page.getByLabel('The password you have').fill('wrong')
    await page.getByLabel('A new password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('That is not your password. Check it and try again.').waitFor()
    await page.getByLabel('The password you have').fill('right')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password is changed').waitFor()
    await page.getByRole('radio', { name: 'Dark' }).check()
    await page.reload({ waitUntil: 'commit' })
    await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'dark')
    await page.getByRole('radio', { name: 'Dark' }).waitFor()
    expect(await page.getByRole('radio', { name: 'Dark' }).isChecked()).to.equal(true)
  })

  it('[WEB50] a session ended elsewhere leads to the door and says so', async () => {
    const page = await open('/')
    await page.getByLabel('Your post').waitFor()
    await page.evaluate(() => window.fake.signOut('session_ended'))
    await page.getByText('You were signed out. Sign in to go on; your drafts are kept.').waitFor()
  })

  it('[WEB54] following somebody from the welcome keeps the others there until the reader asks for the posts', async () => {
    const page = await open('/', { scenario: 'new' })
    await page.getByRole('heading', { name: 'Welcome, Ines. It is quiet here' }).waitFor()
    const panel = page.getByRole('region', { name: 'People others here like to read' })
    await panel.getByRole('button', { name: 'Follow Wren Abernathy' }).click()
    await page.evaluate(() => window.fake.arrive('home', 'First of many.', 'wren'))
    await panel.getByRole('button', { name: 'Follow Old Mill Bakery' }).click()
    await page.getByRole('button', { name: '1 new post' }).click()
    await page.waitForFunction(() => document.activeElement?.textContent.includes('First of many.'))
    expect(await panel.count()).to.equal(0)
  })

  it('[WEB51] no page is wider than a window of 320 px', async () => {
    for (const path of [
      '/',
      '/@wren',
      '/@wren/followers',
      '/notices',
      '/settings',
      '/search?q=ha',
      '/tag/firstfrost',
    ]) {
      const page = await open(path, { width: 320, height: 700 })
      await page.locator('main h1, main h2, main article').first().waitFor({ state: 'attached' })
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).to.equal(320)
      const end = await page.evaluate(() => document.querySelector('.bar__end')?.getBoundingClientRect().right ?? 0)
      expect(end, `the end of the bar of ${path}`).to.be.at.most(320)
    }
  })
})
