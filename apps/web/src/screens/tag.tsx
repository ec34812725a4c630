import type { FeedItem, FeedView, Trend } from '@skein/client'
import { useMemo } from 'preact/hooks'
import { useApp } from '../state/app.js'
import { longCount } from '../text/counts.js'
import { Bar } from '../ui/bar.js'
import { Empty } from '../ui/empty.js'
import { Find } from '../ui/find.js'
import { PostFeed } from '../ui/post-feed.js'
import { Sparkline } from '../ui/sparkline.js'
import { useLoad } from '../ui/use-load.js'

/** Posts with a tag, as they come. */
export function TagScreen({ tag }: { tag: string }) {
  const { feeds, client } = useApp()
  const handle = useMemo(
    () => feeds.open<FeedItem, FeedView>(`tag:${tag}`, () => client.view(`tag:${tag}`, { onGap: 'mark' })),
    [tag],
  )
  return (
    <>
      <Bar>
        <Find q={`#${tag}`} />
      </Bar>
      <section class="profile profile--tag" aria-labelledby="tag-h">
        <h1 id="tag-h">
          <bdi>#{tag}</bdi>
        </h1>
        <Today tag={tag} />
      </section>
      <PostFeed
        handle={handle}
        labelledBy="tag-h"
        autoShow
        empty={
          <Empty title={`Nobody has used #${tag} yet`} art>
            <p>Write it into a post and that post is the first one here.</p>
          </Empty>
        }
        end={<p class="mark mark--end">The beginning. Nobody used #{tag} before.</p>}
      />
    </>
  )
}

const trendsAsked = 20

/** How much the tag was used today, when it is among the most used. */
function Today({ tag }: { tag: string }) {
  const { client } = useApp()
  const trends = useLoad<Trend[]>(tag, () => client.trends({ limit: trendsAsked }))
  const trend = trends.value.value?.find((t) => t.tag === tag)
  if (trend === undefined) return <p class="facts">Posts with this tag, newest first</p>
  const { posts, authors, series } = trend
  const lately = series.at(-1) ?? 0
  return (
    <>
      <Sparkline series={series} label={`Posts over the last 24 hours, two hours a step: ${series.join(', ')}`} />
      <p class="facts">
        <span>
          <b class="num">{longCount(posts)}</b> {posts === 1 ? 'post' : 'posts'} today
        </span>
        <span>
          <b class="num">{longCount(authors)}</b> {authors === 1 ? 'person' : 'people'}
        </span>
        <span class="num">{longCount(lately)} in the last two hours</span>
      </p>
    </>
  )
}
