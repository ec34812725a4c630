import type { OutgoingPost } from '@skein/client'
import { useId } from 'preact/hooks'
import { useApp } from '../state/app.js'
import { targetOf } from '../state/outbox.js'
import { isUnreachable } from '../state/errors.js'
import { must } from '../state/must.js'
import { hrefs } from '../text/routes.js'
import { positionOf } from './post-article.js'
import { AvatarLink } from './post-parts.js'
import { TimeAt } from './time-at.js'
import { Icon } from './icon.js'
import { Btn } from './btn.js'

/** A post of one's own on its way: stitched while it goes, and, when it did not arrive, with its words safe. */
export function OutgoingArticle({ post, position }: { post: OutgoingPost; position: number }) {
  const app = useApp()
  const ids = useId()
  const me = must(app.me.value, 'only the signed in have posts on their way')
  return (
    <article
      class={post.state === 'failed' ? 'post is-failed' : 'post is-sending'}
      tabIndex={0}
      data-id={post.key}
      aria-labelledby={`${ids}-by ${ids}-at`}
      aria-describedby={`${ids}-text`}
      {...positionOf(position)}
    >
      <AvatarLink user={me} />
      <div class="post__head">
        <a class="post__name" id={`${ids}-by`} href={hrefs.profile(me.handle)}>
          <bdi>{me.name}</bdi>
        </a>
        <bdi class="post__handle">@{me.handle}</bdi>
        <span class="post__time" id={`${ids}-at`}>
          <TimeAt atMs={post.createdAtMs} />
        </span>
      </div>
      <div class="post__text" id={`${ids}-text`} dir="auto">
        {post.text}
      </div>
      {post.state === 'failed' ? <Failed post={post} account={me.id} /> : <p class="status">Sending</p>}
    </article>
  )
}

function Failed({ post, account }: { post: OutgoingPost; account: string }) {
  const { outbox, drafts, composing } = useApp()
  const edit = () => {
    const target = targetOf(post)
    drafts.giveBack(account, target, outbox.discard(account, post.key))
    composing.open(target)
  }
  return (
    <div class="status">
      <p class="hint is-bad" role="alert">
        <Icon name="alert" />
        <span>{failedWords(post)}</span>
      </p>
      <Btn look="small" onPress={() => outbox.retry(post.key)}>
        Retry
      </Btn>
      <Btn look="small quiet" onPress={edit}>
        Edit
      </Btn>
      <Btn look="small plain" onPress={() => outbox.discard(account, post.key)}>
        Discard
      </Btn>
    </div>
  )
}

function failedWords({ error }: OutgoingPost): string {
  if (error === undefined || isUnreachable(error))
    return 'Not sent: the server did not answer. Your words are safe here.'
  return `Not sent: ${lowerFirst(error.message)} Your words are safe here.`
}

function lowerFirst(words: string): string {
  const sentence = words.endsWith('.') ? words : `${words}.`
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}
