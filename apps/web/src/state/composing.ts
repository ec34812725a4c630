import type { Post } from '@skein/client'
import type { DraftTarget } from './drafts.js'

export interface Composing {
  /** A composer that is on the page. `wake` reads its draft again and takes the focus. Returns the way to leave. */
  join(target: DraftTarget, wake: () => void): () => void
  /** Brings the composer of this target before the reader, wherever they are. The post spares a reading when at hand. */
  open(target: DraftTarget, post?: Post): void
}

export interface ComposingDeps {
  goHome: () => void
  getPost: (id: string) => Promise<Post>
  openDialog: (how: 'reply' | 'quote' | 'edit', post: Post) => void
}

/** Knows where composers are, so that `c`, Edit and the Post button find them. */
export function createComposing({ goHome, getPost, openDialog }: ComposingDeps): Composing {
  const joined = new Map<DraftTarget, () => void>()
  let wanted: DraftTarget | null = null
  return {
    join(target, wake) {
      joined.set(target, wake)
      if (wanted === target) {
        wanted = null
        wake()
      }
      return () => {
        if (joined.get(target) === wake) joined.delete(target)
      }
    },
    open(target, post) {
      const wake = joined.get(target)
      if (wake !== undefined) return wake()
      if (target === 'home') {
        wanted = target
        return goHome()
      }
      const [how, id] = target.split(':')
      if (id === undefined || (how !== 'reply' && how !== 'quote' && how !== 'edit')) return
      if (post !== undefined) return openDialog(how, post)
      getPost(id).then(
        (found) => openDialog(how, found),
        () => {},
      )
    },
  }
}
