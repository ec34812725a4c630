import { setTimeout as wait } from 'node:timers/promises'
import { createClient, type FeedView } from '@skein/client'
import { eventually } from '@skein/platform/testing'
import { idsOf, loadFeed } from '../../test/support/feeds.js'
import { loadWhole } from '../../test/support/picture.js'
import { password } from '../../test/support/people.js'
import type { Crowd, Joined } from '../crowd.js'
import { openLink } from '../link.js'
import { untilDone } from '../restless.js'
import type { Scenario } from '../scenario.js'

const timelines = ['timeline-1', 'timeline-2'] as const

export const graph: Scenario = {
  name: 'graph',
  about:
    'Follows change while a client is away; a page is read while timeline stands still, then live: both equal a fresh load.',
  size: { rounds: 5, clients: 20, authors: 20, followsEach: 5, postsPerSecond: 20 },
  run: async ({ stage, crowd, chance, rounds, fault, right, wrong }) => {
    const link = await openLink(() => Number(new URL(stage.url).port))
    const base = crowd.authors[0]?.handle.slice(3) ?? ''
    const away = await crowd.join(`g${base}`, `http://127.0.0.1:${link.port}`)
    const device = createClient({ url: stage.url })
    crowd.closing.add(device)
    await device.auth.signIn({ handle: away.handle, password })
    const here: Joined = { ...away, client: device }
    for (const { handle } of crowd.authors.slice(0, 8)) await crowd.restless.turn(here, handle)
    const view = away.client.view('home', { autoShow: true })
    await eventually(() => view.getSnapshot().live, 30_000)
    for (let round = 0; round < rounds; round += 1) {
      await fault('away while follows change', async () => {
        link.cut()
        for (let n = 0; n < 6; n += 1) await crowd.restless.turn(here, chance.pick(crowd.authors).handle)
        await wait(chance.between(0, 2_000))
        link.mend()
      })
      await right()
      await equal(view, here, crowd, wrong, `after follows changed while it was away, round ${round}`)
      const late = await readWhilePaused()
      await right()
      await equal(late, here, crowd, wrong, `whose page was read while timeline stood still, round ${round}`)
      await late.close()
    }
    await away.client.close()
    await link.close()

    async function readWhilePaused(): Promise<FeedView> {
      let opened: FeedView | undefined
      await fault('timeline stands still', async () => {
        for (const name of timelines) await stage.cluster.pause(name)
        opened = device.view('home', { autoShow: true })
        await wait(chance.between(1_000, 3_000))
        for (const name of timelines) await stage.cluster.resume(name)
      })
      if (opened === undefined) throw new Error('no view was opened')
      if (opened.getSnapshot().status === 'failed') await untilDone(() => (opened as FeedView).reload())
      return opened
    }
  },
}

/** The view comes to show what a fresh load shows, as far back as it goes, although posts go on. */
async function equal(
  view: FeedView,
  { client, handle }: Joined,
  _crowd: Crowd,
  wrong: (what: string) => void,
  what: string,
): Promise<void> {
  let said = ''
  await eventually(async () => {
    if (view.getSnapshot().status === 'failed') await view.reload()
    const before = idsOf(await loadWhole(view, 15_000))
    const fresh = idsOf(await untilDone(() => loadFeed(client, 'home')))
    const after = idsOf(await loadWhole(view, 15_000))
    const missing = fresh.filter((id) => !after.includes(id) && id < (before[0] ?? ''))
    const more = before.filter((id) => !fresh.includes(id))
    said = `${missing.length} missing, ${more.length} more`
    if (missing.length + more.length > 0) throw new Error(said)
  }, 20_000).catch((thrown: unknown) => wrong(`I6 the view of ${handle} ${what}: ${String(thrown)}`))
}
