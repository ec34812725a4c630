import { useId } from 'preact/hooks'
import { nameActors, type NoticeLine } from '../text/notice-groups.js'
import { countOf } from '../text/counts.js'
import { hrefs } from '../text/routes.js'
import { useApp } from '../state/app.js'
import { Avatar } from './avatar.js'
import { FollowButton } from './follow-button.js'
import { Icon } from './icon.js'
import { PostArticle, positionOf } from './post-article.js'
import { TimeAt } from './time-at.js'

const seenWords = 'You have seen everything below'
const whys = {
  reply: { icon: 'reply', words: 'Replied to you' },
  mention: { icon: 'edit', words: 'Mentioned you' },
  quote: { icon: 'quote', words: 'Quoted you' },
}

export interface NoticeArticleProps {
  line: NoticeLine
  position: number
  isFirstSeen: boolean
}

/** One line of the notices: a post that concerns the reader, or what several people did. */
export function NoticeArticle({ line, position, isFirstSeen }: NoticeArticleProps) {
  if (line.kind === 'group') return <GroupArticle line={line} position={position} isFirstSeen={isFirstSeen} />
  const { type, post, id } = line.notification
  if (post === undefined || type === 'like' || type === 'repost' || type === 'follow') return null
  return (
    <PostArticle
      id={id}
      post={post}
      position={position}
      isNew={line.isNew}
      why={whys[type]}
      mark={isFirstSeen ? seenWords : null}
    />
  )
}

type Group = Extract<NoticeLine, { kind: 'group' }>

function GroupArticle({ line, position, isFirstSeen }: { line: Group; position: number; isFirstSeen: boolean }) {
  const ids = useId()
  const { type, actors, notification, isNew } = line
  const { post } = notification
  const icon = type === 'like' ? 'heart' : type === 'repost' ? 'repost' : actors.length > 1 ? 'people' : 'person'
  return (
    <article
      class={`post note note--${type}${isNew ? ' is-new' : ''}`}
      tabIndex={0}
      data-id={line.id}
      aria-labelledby={ids}
      {...positionOf(position)}
    >
      {isFirstSeen ? <p class="mark">{seenWords}</p> : null}
      <Icon name={icon} size="lg" />
      <div class="note__body">
        <div class="row">
          {actors.slice(0, 4).map((actor) => (
            <a key={actor.id} href={hrefs.profile(actor.handle)} tabIndex={-1} aria-hidden="true">
              <Avatar handle={actor.handle} size="sm" />
            </a>
          ))}
          <span class="post__time quiet">
            <TimeAt atMs={line.atMs} />
          </span>
        </div>
        <p id={ids}>
          <Who line={line} /> {whatWords(line)}
        </p>
        {post === undefined ? null : (
          <p class="post__text quiet note__text" dir="auto">
            <a class="note__post" href={hrefs.post(post.id)} data-key="o">
              {post.deletedAtMs === undefined ? post.text : 'This post was deleted by its author.'}
            </a>
          </p>
        )}
        {type === 'follow' && actors.length === 1 ? <FollowBack line={line} /> : null}
      </div>
    </article>
  )
}

function whatWords({ type, actors, notification: { post } }: Group): string {
  if (type === 'follow') return actors.length === 1 ? 'follows you' : 'follow you'
  const what = post?.replyTo === undefined ? 'your post' : 'your reply'
  return type === 'like' ? `liked ${what}` : `reposted ${what}`
}

function Who({ line }: { line: Group }) {
  const { me } = useApp()
  const { named, others } = nameActors(line.actors)
  const { post } = line.notification
  const all = post === undefined ? hrefs.people(me.value?.handle ?? '', 'followers') : hrefs.post(post.id)
  return (
    <>
      {named.map((actor, i) => (
        <>
          {i === 0 ? '' : others > 0 ? ', ' : ' and '}
          <b key={actor.id}>
            <a href={hrefs.profile(actor.handle)}>
              <bdi>{actor.name}</bdi>
            </a>
          </b>
        </>
      ))}
      {others === 0 ? null : (
        <>
          {' '}
          and <a href={all}>{countOf(others, 'other')}</a>
        </>
      )}
    </>
  )
}

function FollowBack({ line }: { line: Group }) {
  const actor = line.actors[0]
  if (actor === undefined) return null
  return (
    <div class="row">
      <span class="quiet">
        <bdi>@{actor.handle}</bdi>
      </span>
      <FollowButton user={actor} following={false} words="Follow back" />
    </div>
  )
}
