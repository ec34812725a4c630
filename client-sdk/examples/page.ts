// A live feed on a page, without a framework: <ol id="feed"></ol> <button id="more"></button> <button id="new"></button>
import { browserStorage, createClient } from '@skein/client'

const client = createClient({ url: location.origin, storage: browserStorage() })
await client.ready()
const view = client.view(client.me === null ? 'public' : 'home')

const list = document.querySelector('#feed')
const news = document.querySelector<HTMLButtonElement>('#new')
const more = document.querySelector<HTMLButtonElement>('#more')

function render(): void {
  const { items, pending, older, gap, live } = view.getSnapshot()
  list?.replaceChildren(
    ...items.map(({ post, repostedBy }) => {
      const line = document.createElement('li')
      const by = repostedBy === undefined ? '' : ` (reposted by ${repostedBy.name})`
      line.textContent = `${post.author.name}${by}: ${post.text}`
      return line
    }),
  )
  if (news !== null) {
    news.hidden = pending.length === 0
    news.textContent = `${pending.length} new`
  }
  if (more !== null) more.disabled = older !== 'more'
  document.title = live ? 'Live' : gap === null ? 'Reconnecting' : 'Some posts are missing'
}

news?.addEventListener('click', () => view.showPending())
more?.addEventListener('click', () => void view.loadOlder().catch(() => {}))
view.subscribe(render)
render()
