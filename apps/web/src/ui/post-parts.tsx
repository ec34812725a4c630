import { useSignal } from '@preact/signals'
import type { Post, QuotedPost, UserCard } from '@skein/client'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { isEmojiOnly } from '../text/graphemes.js'
import { hrefs } from '../text/routes.js'
import { Avatar } from './avatar.js'
import { Icon } from './icon.js'
import { RichText } from './rich-text.js'
import { TimeAt } from './time-at.js'

/** The swatch as a way to the profile, for the pointer alone: the name beside it is the link for everyone. */
export function AvatarLink({ user }: { user: UserCard }) {
  return (
    <a href={hrefs.profile(user.handle)} tabIndex={-1} aria-hidden="true">
      <Avatar handle={user.handle} />
    </a>
  )
}

/** Why a line is there: an icon and words above the post. */
export function Why({ icon, children }: { icon: string; children: preact.ComponentChildren }) {
  return (
    <p class="post__why">
      <Icon name={icon} size="sm" />
      <span>{children}</span>
    </p>
  )
}

/** Who wrote it and when. `note` stands before the time, for example "edited". */
export function PostHead({ post, ids, note }: { post: Post; ids: string; note?: string | undefined }) {
  const notes = [note, post.editedAtMs === undefined ? undefined : 'edited'].filter((n) => n !== undefined)
  return (
    <div class="post__head">
      <a class="post__name" id={`${ids}-by`} href={hrefs.profile(post.author.handle)}>
        <bdi>{post.author.name}</bdi>
      </a>
      <bdi class="post__handle">@{post.author.handle}</bdi>
      <span class="post__time">
        {notes.map((n) => `${n} · `).join('')}
        <a id={`${ids}-at`} href={hrefs.post(post.id)}>
          <TimeAt atMs={post.createdAtMs} />
        </a>
      </span>
    </div>
  )
}

const clampLines = 8
/** A text this much longer than the clamp is worth a button. */
const slackLines = 1.5

/** The words. Above 8 lines the rest waits behind a button; emoji alone are shown large by their article's class. */
export function PostText({ post, id, canClamp }: { post: Post; id: string; canClamp: boolean }) {
  const box = useRef<HTMLDivElement>(null)
  const state = useSignal<'whole' | 'clamped' | 'opened'>('whole')
  useLayoutEffect(() => {
    const text = box.current
    if (text === null || !canClamp || state.peek() === 'opened' || post.text.length < 240) return
    const linePx = Number.parseFloat(getComputedStyle(text).lineHeight)
    state.value = text.scrollHeight > linePx * (clampLines + slackLines) ? 'clamped' : 'whole'
  }, [post.text])
  const isClamped = state.value === 'clamped'
  return (
    <>
      <div class={isClamped ? 'post__text is-clamped' : 'post__text'} id={id} dir="auto" ref={box}>
        <RichText text={post.text} entities={post.entities} />
      </div>
      {state.value === 'whole' ? null : (
        <button
          class="btn btn--plain post__more"
          type="button"
          aria-expanded={!isClamped}
          aria-controls={id}
          onClick={() => {
            state.value = isClamped ? 'opened' : 'clamped'
          }}
        >
          {isClamped ? 'Read the rest' : 'Show less'}
        </button>
      )}
    </>
  )
}

export function Quote({ quote }: { quote: NonNullable<Post['quote']> }) {
  if ('hidden' in quote) return <HiddenQuote words="This post is hidden from you." />
  if (quote.deletedAtMs !== undefined) return <HiddenQuote words="This post was deleted by its author." />
  return <ShownQuote quote={quote} />
}

function HiddenQuote({ words }: { words: string }) {
  return (
    <blockquote class="quote">
      <p class="quiet">{words}</p>
    </blockquote>
  )
}

function ShownQuote({ quote }: { quote: QuotedPost }) {
  return (
    <blockquote class={isEmojiOnly(quote.text) ? 'quote post--emoji' : 'quote'}>
      <div class="post__head">
        <Avatar handle={quote.author.handle} size="xs" />
        <a class="post__name" href={hrefs.profile(quote.author.handle)}>
          <bdi>{quote.author.name}</bdi>
        </a>
        <span class="post__time">
          <a href={hrefs.post(quote.id)}>
            <TimeAt atMs={quote.createdAtMs} />
          </a>
        </span>
      </div>
      <div class="post__text" dir="auto">
        <RichText text={quote.text} entities={quote.entities} />
      </div>
    </blockquote>
  )
}
