import type { Cluster } from '@skein/server/cluster'
import type { RedisClient } from '@skein/event-log/redis'
import { homeKeys } from '../../services/timeline/src/homes/redis/home-keys.js'
import { sumOfMetric } from '../../test/support/readings.js'
import { atRandomMoments, pause, spreadOf } from '../live/figures.js'
import type { Spread } from '../live/protocol.js'
import type { Crowd, Posted } from './crowd.js'
import type { ClusterFlags } from './flags.js'

export interface Bench {
  readonly flags: ClusterFlags
  readonly cluster: Cluster
  readonly crowd: Crowd
  readonly redis: RedisClient
  /** Somebody with a stored home who follows this author. */
  viewerOf(author: number): string | undefined
}

type Row = string[]
const opsOf = ({ cluster }: Pick<Bench, 'cluster'>, role: RegExp): number[] =>
  cluster.parts().flatMap(({ name, opsPort }) => (role.test(name) ? [opsPort] : []))
const ms = ({ count, p50, p99, max }: Spread): string =>
  `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(0)} ms (${count})`
const losses = ({ refused, gaps, doubled }: Crowd): string => `refused ${refused}, gaps ${gaps}, doubled ${doubled}`
const settleMs = 2_000
const bigEveryMs = 2_000
const rounds = 3

/** Small authors at the steady rate; resolves when what they wrote has had time to arrive. */
async function smallPosts({ flags, crowd }: Bench, each: (author: number, post: Posted) => void): Promise<void> {
  await atRandomMoments({ rate: flags.rate, seconds: flags.seconds, random: Math.random }, () => {
    const author = Math.floor(Math.random() * flags.authors)
    void crowd.post(author, `small ${Math.random()}`).then((post) => post !== null && each(author, post))
  })
  await pause(settleMs)
}

export async function phaseSteady(bench: Bench): Promise<Row[]> {
  const { crowd, flags } = bench
  await smallPosts({ ...bench, flags: { ...flags, seconds: 3 } }, () => undefined)
  crowd.begin()
  await smallPosts(bench, () => undefined)
  const at = `${flags.rate} posts/s, ${flags.viewers} sockets`
  return [
    [`${at}: accepted → received`, ms(spreadOf(crowd.deliveries)), ''],
    [`${at}: losses`, losses(crowd), ''],
  ]
}

/** In turn without and with the big author's posts, so that both see the same machine. */
export async function phaseBig(bench: Bench): Promise<Row[]> {
  const [live, homes]: [number[][], number[][]] = [
    [[], []],
    [[], []],
  ]
  let bigPosts = 0
  const pushes = () => sumOfMetric(opsOf(bench, /^timeline-/), 'skein_home_pushes_total')
  const pushedBefore = await pushes()
  /** Looks every 5 ms. */
  const untilStored = async (
    userId: string,
    { id, createdAtMs }: Posted,
    into: number[] | undefined,
  ): Promise<void> => {
    const [, home] = homeKeys('skein', userId)
    for (const endMs = Date.now() + 60_000; Date.now() < endMs; await pause(5)) {
      const found = await bench.redis.zrangebylex(home, `[${id}`, `[${id}~`).catch(() => [])
      if (found.length === 0) continue
      into?.push(Date.now() - createdAtMs)
      return
    }
    into?.push(60_000)
  }
  for (let round = 0; round < rounds; round += 1)
    for (const withBig of [0, 1]) {
      bench.crowd.begin()
      const waits: Promise<void>[] = []
      const timer = setInterval(() => {
        if (withBig === 1) void bench.crowd.post('big', `big ${(bigPosts += 1)}`)
      }, bigEveryMs)
      await smallPosts(bench, (author, post) => {
        const viewer = bench.viewerOf(author)
        if (viewer !== undefined && waits.length < 200) waits.push(untilStored(viewer, post, homes[withBig]))
      })
      clearInterval(timer)
      await Promise.all(waits)
      live[withBig]?.push(...bench.crowd.deliveries)
    }
  const pushed = (await pushes()) - pushedBefore
  const [without, big] = live.map(spreadOf) as [Spread, Spread]
  const [homesWithout, homesBig] = homes.map(spreadOf) as [Spread, Spread]
  const ratio = (a: Spread, b: Spread): string =>
    `ratio p50 ${(a.p50 / Math.max(1, b.p50)).toFixed(2)}, p99 ${(a.p99 / Math.max(1, b.p99)).toFixed(2)}`
  const who = `${bench.flags.followers} followers, ${bench.flags.active} with a stored home, ${bigPosts} posts, ${pushed} pushes in all`
  return [
    ['small authors live, without the big one', ms(without), ''],
    [`small authors live, with one of ${who}`, ms(big), ratio(big, without)],
    ['accepted → in a follower’s stored home, without', ms(homesWithout), ''],
    ['accepted → in a follower’s stored home, with', ms(homesBig), ratio(homesBig, homesWithout)],
  ]
}

/** kill -9 of one gateway of two. */
export async function phaseKilled(bench: Bench): Promise<Row[]> {
  const { cluster, crowd, flags } = bench
  const calls = () => sumOfMetric(opsOf(bench, /^(account|post|timeline)-/), 'skein_rpc_served_total')
  const postCalls = () => sumOfMetric(opsOf(bench, /^post-/), 'skein_rpc_served_total')
  crowd.begin()
  const [before, postBefore] = [await calls(), await postCalls()]
  const killedMs = Date.now()
  await cluster.kill('gateway-1')
  await pause(200)
  const gone = crowd.sockets.filter(({ closedAtMs }) => closedAtMs >= killedMs)
  const written = Math.max(1, flags.authors)
  for (let author = 0; author < written; author += 1) await crowd.post(author, `while away ${author}`)
  for (const endMs = Date.now() + 120_000; Date.now() < endMs && gone.some(({ caughtUpAtMs }) => caughtUpAtMs === 0);)
    await pause(20)
  const back = gone.filter(({ caughtUpAtMs }) => caughtUpAtMs > 0)
  await pause(settleMs)
  const [all, ofPost] = [(await calls()) - before, (await postCalls()) - postBefore]
  return [
    [
      `one gateway of two killed: ${gone.length} of ${flags.viewers} sockets, killed → caught up`,
      ms(spreadOf(back.map(({ caughtUpAtMs }) => caughtUpAtMs - killedMs))),
      back.length === gone.length ? 'all back' : `**${gone.length - back.length} not back**`,
    ],
    [
      'calls services answered meanwhile (by anyone, the posts written among them), for each that came back',
      `${(all / Math.max(1, back.length)).toFixed(2)} (of the post service ${(ofPost / Math.max(1, back.length)).toFixed(2)}, with ${written} posts written)`,
      '',
    ],
    ['losses', losses(crowd), ''],
  ]
}
