import type { Post } from '@skein/client'
import { useId } from 'preact/hooks'
import { useApp } from '../state/app.js'
import { longCount } from '../text/counts.js'
import { isEmojiOnly } from '../text/graphemes.js'
import { fullTime } from '../text/times.js'
import { hrefs } from '../text/routes.js'
import { PostActions } from './post-actions.js'
import { AvatarLink, PostHead, PostText, Quote, Why } from './post-parts.js'

/** The post a thread was opened at: large, with its date in full. */
export function OpenPost({ post, note, hideReplyTo }: { post: Post; note?: string | undefined; hideReplyTo: boolean }) {
  const { dialog } = useApp()
  const ids = useId()
  if (post.deletedAtMs !== undefined)
    return (
      <article class="post post--gone" tabIndex={0} data-id={post.id} aria-label="Deleted post">
        <p class="quiet">This post was deleted by its author.</p>
      </article>
    )
  return (
    <article
      class={isEmojiOnly(post.text) ? 'post post--open post--emoji' : 'post post--open'}
      tabIndex={0}
      data-id={post.id}
      data-post={post.id}
      aria-labelledby={`${ids}-by ${ids}-at`}
      aria-describedby={`${ids}-text`}
    >
      {post.replyTo === undefined || hideReplyTo ? null : (
        <Why icon="reply">
          Replying to{' '}
          <a href={hrefs.profile(post.replyTo.author.handle)}>
            <bdi>@{post.replyTo.author.handle}</bdi>
          </a>
        </Why>
      )}
      <AvatarLink user={post.author} />
      <PostHead post={post} ids={ids} note={note} />
      <PostText post={post} id={`${ids}-text`} canClamp={false} />
      {post.quote === undefined ? null : <Quote quote={post.quote} />}
      <div class="facts">
        <span>{fullTime(post.createdAtMs)}</span>
        {post.editedAtMs === undefined ? null : (
          <button class="link" type="button" onClick={() => (dialog.value = { kind: 'history', postId: post.id })}>
            Edited
          </button>
        )}
        {post.counts.quotes === 0 ? null : (
          <span>
            <b class="num">{longCount(post.counts.quotes)}</b> {post.counts.quotes === 1 ? 'quote' : 'quotes'}
          </span>
        )}
      </div>
      <PostActions post={post} />
    </article>
  )
}
