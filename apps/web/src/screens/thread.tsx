import type { FeedItem, FeedSnapshot, SkeinErrorShape, ThreadView } from '@skein/client'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useMemo } from 'preact/hooks'
import { useApp } from '../state/app.js'
import { lineById } from '../state/place.js'
import { countOf } from '../text/counts.js'
import { firstName } from '../text/suggestions.js'
import { arrangeThread, type ThreadLines } from '../text/thread-lines.js'
import { Back, Bar } from '../ui/bar.js'
import { Composer } from '../ui/composer.js'
import { Empty } from '../ui/empty.js'
import { GapArticle } from '../ui/gap-article.js'
import { LiveFeed } from '../ui/live-feed.js'
import { OpenPost } from '../ui/open-post.js'
import { OutgoingArticle } from '../ui/outgoing-article.js'
import { PostArticle } from '../ui/post-article.js'

const repliesAtOnce = 100

/** A post, what it answers, and everything said below it. */
export function ThreadScreen({ id }: { id: string }) {
  const { feeds, client } = useApp()
  const handle = useMemo(
    () => feeds.open<FeedItem, ThreadView>(`thread:${id}`, () => client.viewThread(id, { pageSize: repliesAtOnce })),
    [id],
  )
  const snapshot = handle.snapshot.value
  const thread = handle.view.getThread()
  const lines = useMemo(
    () => (thread === null ? null : arrangeThread(thread.post, thread.ancestors, snapshot.items)),
    [snapshot.items, thread?.post, thread?.ancestors],
  )
  useStartAt(thread === null ? null : id, thread?.ancestors.length ?? 0)
  return (
    <>
      <Bar>
        <Back />
        <h1>Thread</h1>
      </Bar>
      <LiveFeed
        handle={handle}
        noun="new reply"
        plural="new replies"
        what="replies"
        labelledBy="replies-h"
        focusOf={(pending) => pending.at(-1)}
        olderAbove
        above={() =>
          thread === null || lines === null ? null : <Above thread={thread} lines={lines} fresh={snapshot.fresh} />
        }
        empty={null}
        failed={missing}
      >
        {(shown) => (lines === null ? null : repliesOf(lines, shown, () => void handle.view.fillGap().catch(() => {})))}
      </LiveFeed>
    </>
  )
}

interface AboveProps {
  thread: NonNullable<ReturnType<ThreadView['getThread']>>
  lines: ThreadLines
  fresh: ReadonlySet<string>
}

function Above({ thread, lines, fresh }: AboveProps) {
  const { post, ancestors } = thread
  const { part, continuation, replies } = lines
  const count = Math.max(post.counts.replies, replies.length)
  return (
    <>
      {ancestors.map((ancestor) => (
        <PostArticle key={ancestor.id} id={ancestor.id} post={ancestor} isChained hideReplyTo />
      ))}
      <OpenPost
        post={post}
        hideReplyTo={ancestors.at(-1)?.id === post.replyTo?.id}
        note={part === null || part.number === 1 ? undefined : `${part.number} of ${part.of}`}
      />
      {continuation.map((item, i) => (
        <PostArticle
          key={item.id}
          id={item.id}
          post={item.post}
          note={`${(part?.number ?? 1) + i + 1} of ${part?.of ?? 1}`}
          isNew={fresh.has(item.id)}
          isChained={i < continuation.length - 1}
          hideReplyTo
        />
      ))}
      <ReplyForm post={post} />
      <h2 class="label" id="replies-h">
        {count === 0 ? 'No replies yet' : countOf(count, 'reply', 'replies')}
      </h2>
    </>
  )
}

function ReplyForm({ post }: { post: AboveProps['thread']['post'] }) {
  const app = useApp()
  const me = app.me.value
  if (me === null || post.deletedAtMs !== undefined) return null
  const name = firstName(post.author.name)
  return (
    <Composer
      target={`reply:${post.id}`}
      label={`Reply to ${post.author.name}`}
      fieldLabel="Your reply"
      placeholder={`Reply to ${post.author.id === me.id ? 'yourself' : name}`}
      send={{ label: 'Reply', icon: 'reply' }}
      onSend={(text) => app.outbox.send(me.id, { text, replyTo: post.id })}
    />
  )
}

function repliesOf({ replies }: ThreadLines, snapshot: FeedSnapshot, onFill: () => void): ComponentChildren[] {
  const { outgoing, fresh, gap } = snapshot
  const lines: ComponentChildren[] = []
  if (gap !== null) lines.push(<GapArticle key="gap" state={gap.state} position={1} onFill={onFill} />)
  replies.forEach(({ item, isNested, isChained }, i) => {
    const parentId = item.post.replyTo?.id
    const followsParent = !isNested || replies[i - 1]?.item.post.id === parentId
    lines.push(
      <PostArticle
        key={item.id}
        id={item.id}
        post={item.post}
        position={lines.length + 1}
        isNew={fresh.has(item.id)}
        isChained={isChained}
        kind={isNested ? 'nested' : 'plain'}
        hideReplyTo={followsParent}
      />,
    )
  })
  for (const post of outgoing.toReversed())
    lines.push(<OutgoingArticle key={post.key} post={post} position={lines.length + 1} />)
  return lines
}

function missing({ code }: SkeinErrorShape): ComponentChildren {
  if (code === 'gone')
    return (
      <Empty title="This post is gone">
        <p>Its author deleted it. Replies to it are gone from here too.</p>
        <a class="btn btn--quiet" href="/">
          Back to home
        </a>
      </Empty>
    )
  if (code !== 'not_found' && code !== 'invalid') return null
  return (
    <Empty title="There is no post here">
      <p>The link may be old, or the post is not for you to see.</p>
      <a class="btn btn--quiet" href="/">
        Back to home
      </a>
    </Empty>
  )
}

/** A post deep in a thread is what one came for: it is brought into view when much stands above it. */
function useStartAt(id: string | null, above: number): void {
  const { router } = useApp()
  useLayoutEffect(() => {
    if (id === null || above === 0 || router.entry.peek().came === 'back' || scrollY > 0) return
    const line = lineById(id)
    if (line !== null && line.getBoundingClientRect().top > innerHeight * 0.55) line.scrollIntoView({ block: 'start' })
  }, [id, above > 0])
}
