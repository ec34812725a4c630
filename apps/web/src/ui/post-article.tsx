import type { Post, UserCard } from '@skein/client'
import type { ComponentChildren } from 'preact'
import { useId, useMemo } from 'preact/hooks'
import { useApp, type App } from '../state/app.js'
import { isEmojiOnly } from '../text/graphemes.js'
import { hrefs } from '../text/routes.js'
import { PostActions } from './post-actions.js'
import { AvatarLink, PostHead, PostText, Quote, Why } from './post-parts.js'

export interface PostArticleProps {
  /** The line's id: of the post, or of the repost that put it there. */
  id: string
  post: Post
  repostedBy?: UserCard | undefined
  /** 1 for the first of its feed; absent outside a feed. */
  position?: number | undefined
  isNew?: boolean
  isChained?: boolean
  kind?: 'plain' | 'nested' | 'quiet'
  /** Stands before the time, for example "2 of 6". */
  note?: string | undefined
  /** Takes the place of "reposted" and "Replying to". */
  why?: { icon: string; words: string } | undefined
  /** Words of the ring: where the reader left off. */
  mark?: string | null | undefined
  hideReplyTo?: boolean
}

/** One post of a feed. Labelled by its author and time, described by its text; a press on the words opens it. */
export function PostArticle(props: PostArticleProps) {
  const app = useApp()
  const ids = useId()
  const { id, post, position, isNew = false, isChained = false, kind = 'plain', mark, repostedBy, note, why } = props
  const hideReplyTo = props.hideReplyTo ?? false
  const body = useMemo(
    () => (
      <PostBody
        post={post}
        ids={ids}
        repostedBy={repostedBy}
        note={note}
        why={why}
        bare={kind === 'quiet'}
        hideReplyTo={hideReplyTo}
      />
    ),
    [post, ids, repostedBy, note, why?.words, kind, hideReplyTo],
  )
  if (post.deletedAtMs !== undefined)
    return <GoneArticle id={id} position={position} isChained={isChained} kind={kind} />
  const classes = [
    'post',
    isNew && 'is-new',
    isChained && 'is-chained',
    kind === 'nested' && 'post--reply',
    isEmojiOnly(post.text) && 'post--emoji',
  ]
  return (
    <article
      class={classes.filter(Boolean).join(' ')}
      tabIndex={0}
      data-id={id}
      data-post={post.id}
      aria-labelledby={`${ids}-by ${ids}-at`}
      aria-describedby={`${ids}-text`}
      onClick={(event) => openOnPress(event, app, post)}
      {...positionOf(position)}
    >
      {mark ? <p class="mark">{mark}</p> : null}
      {body}
    </article>
  )
}

interface PostBodyProps {
  post: Post
  ids: string
  repostedBy: UserCard | undefined
  note: string | undefined
  why: PostArticleProps['why']
  bare: boolean
  hideReplyTo: boolean
}

function PostBody({ post, ids, repostedBy, note, why, bare, hideReplyTo }: PostBodyProps) {
  return (
    <>
      {whyOf(post, repostedBy, why, hideReplyTo)}
      <AvatarLink user={post.author} />
      <PostHead post={post} ids={ids} note={note} />
      <PostText post={post} id={`${ids}-text`} canClamp />
      {post.quote === undefined ? null : <Quote quote={post.quote} />}
      {bare ? null : <PostActions post={post} />}
    </>
  )
}

function whyOf(
  post: Post,
  repostedBy: UserCard | undefined,
  why: PostArticleProps['why'],
  hideReplyTo: boolean,
): ComponentChildren {
  if (why !== undefined) return <Why icon={why.icon}>{why.words}</Why>
  if (repostedBy !== undefined)
    return (
      <Why icon="repost">
        <a href={hrefs.profile(repostedBy.handle)}>
          <bdi>{repostedBy.name}</bdi>
        </a>{' '}
        reposted
      </Why>
    )
  if (post.replyTo === undefined || hideReplyTo) return null
  const { handle } = post.replyTo.author
  return (
    <Why icon="reply">
      Replying to{' '}
      <a href={hrefs.profile(handle)}>
        <bdi>@{handle}</bdi>
      </a>
    </Why>
  )
}

function GoneArticle({
  id,
  position,
  isChained,
  kind,
}: {
  id: string
  position: number | undefined
  isChained: boolean
  kind: string
}) {
  const classes = ['post post--gone', isChained && 'is-chained', kind === 'nested' && 'post--reply']
  return (
    <article
      class={classes.filter(Boolean).join(' ')}
      tabIndex={0}
      data-id={id}
      aria-label="Deleted post"
      {...positionOf(position)}
    >
      <p class="quiet">This post was deleted by its author.</p>
    </article>
  )
}

export function positionOf(position: number | undefined) {
  return position === undefined ? {} : { 'aria-posinset': position, 'aria-setsize': -1 }
}

function openOnPress(event: MouseEvent, app: App, post: Post): void {
  const target = event.target
  if (!(target instanceof Element) || event.defaultPrevented || event.button !== 0) return
  if (target.closest('a, button, input, textarea, [role="menu"]') !== null) return
  if (target.closest('.post__text, .post__head, .quote') === null || getSelection()?.isCollapsed === false) return
  app.router.navigate(hrefs.post(post.id))
}
