import type { Post } from '@skein/client'
import { useApp } from '../state/app.js'
import { must } from '../state/must.js'
import { firstName } from '../text/suggestions.js'
import { Composer, type ComposerProps } from './composer.js'
import { DialogBox } from './dialog.js'
import { Quote } from './post-parts.js'

/** Replies, quotes and edits are written over the page, so that what one reads stays where it is. */
export function ComposeDialog({
  how,
  post,
  onClose,
}: {
  how: 'reply' | 'quote' | 'edit'
  post: Post
  onClose: () => void
}) {
  const app = useApp()
  const account = must(app.me.value, 'only the signed in write').id
  const name = firstName(post.author.name)
  const { id, author, text, entities, createdAtMs } = post
  const shown = { id, author, text, entities, createdAtMs }
  const common = { target: `${how}:${post.id}`, autoFocus: true } as const
  const send = (more: { replyTo?: string; quoteOf?: string }) => (words: string) => {
    app.outbox.send(account, { text: words, ...more })
    onClose()
  }
  const forms: Record<typeof how, ComposerProps & { title: string }> = {
    reply: {
      ...common,
      title: `Reply to ${name}`,
      label: `Reply to ${post.author.name}`,
      fieldLabel: 'Your reply',
      placeholder: `Reply to ${name}`,
      send: { label: 'Reply', icon: 'reply' },
      onSend: send({ replyTo: post.id }),
    },
    quote: {
      ...common,
      title: `Quote ${name}`,
      label: `Quote ${post.author.name}`,
      fieldLabel: 'Your words',
      placeholder: 'What do you say to it?',
      send: { label: 'Post', icon: 'needle' },
      onSend: send({ quoteOf: post.id }),
    },
    edit: {
      ...common,
      title: 'Edit your post',
      label: 'Edit your post',
      fieldLabel: 'Your post',
      placeholder: '',
      initial: post.text,
      send: { label: 'Save', icon: 'check' },
      onSend: (words) =>
        app.client.posts.edit(post.id, words).then((edited) => {
          app.changes.tell({ type: 'post', post: edited })
          onClose()
        }),
    },
  }
  const { title, ...composer } = forms[how]
  return (
    <DialogBox title={title} onClose={onClose}>
      {how === 'reply' ? <Quote quote={shown} /> : null}
      <Composer {...composer} />
      {how === 'quote' ? <Quote quote={shown} /> : null}
      <div class="row">
        <p class="quiet">
          {how === 'edit' ? 'What it said before stays readable.' : 'Your words are kept if you close this.'}
        </p>
        <button class="btn btn--small btn--quiet dialog__close" type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </DialogBox>
  )
}
