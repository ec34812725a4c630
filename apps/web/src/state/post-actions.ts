import type { Post } from '@skein/client'
import type { App } from './app.js'
import { withMark, type MarkKind } from './post-changes.js'

/** Sets or takes a mark at once; put back, and told, when the server refuses. */
export function mark(app: App, post: Post, kind: MarkKind, on: boolean): void {
  if (!app.needsMe()) return
  app.changes.tell({ type: 'post', post: withMark(post, kind, on) })
  const done = app.client.posts[kind](post.id, on).then(
    (now) => app.changes.tell({ type: 'post', post: now }),
    (refusal: unknown) => {
      app.changes.tell({ type: 'post', post })
      throw refusal
    },
  )
  app.attempt(done)
}

export function askDelete(app: App, post: Post): void {
  app.dialog.value = {
    kind: 'confirm',
    title: 'Delete this post?',
    text: 'It goes from every timeline at once and does not come back.',
    action: 'Delete',
    run: async () => {
      await app.client.posts.delete(post.id)
      app.changes.tell({ type: 'gone', postId: post.id })
      app.toasts.show({ icon: 'check', text: 'Deleted' })
    },
  }
}

export function askBlock(app: App, handle: string, after?: () => void): void {
  app.dialog.value = {
    kind: 'confirm',
    title: `Block @${handle}?`,
    text: `You will not see each other’s posts, and neither follows the other. @${handle} is not told.`,
    action: 'Block',
    run: async () => {
      await app.client.users.block(handle, true)
      after?.()
      app.toasts.show({ icon: 'block', text: `You blocked @${handle}` })
    },
  }
}

export function mute(app: App, handle: string, on: boolean, after?: () => void): void {
  const done = app.client.users.mute(handle, on).then(() => {
    after?.()
    const undo = { label: 'Undo', run: () => mute(app, handle, false) }
    app.toasts.show(
      on
        ? { icon: 'mute', text: `You muted @${handle}`, action: undo }
        : { icon: 'check', text: `You hear @${handle} again` },
    )
  })
  app.attempt(done)
}

/** Puts a post's address on the clipboard, or shows it to be copied where that is not allowed. */
export function copyLink(app: App, path: string): void {
  const address = location.origin + path
  const copied = () => app.toasts.show({ icon: 'link', text: 'The link is copied' })
  const refused = () => app.toasts.show({ icon: 'link', text: address })
  const clipboard: Clipboard | undefined = navigator.clipboard
  if (clipboard === undefined) refused()
  else clipboard.writeText(address).then(copied, refused)
}
