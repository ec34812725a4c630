import type { Kept } from './kept.js'

/** What a text is meant for: `home`, `reply:<post id>`, `quote:<post id>`, `edit:<post id>`. */
export type DraftTarget = 'home' | `${'reply' | 'quote' | 'edit'}:${string}`

export interface Drafts {
  read(account: string, target: DraftTarget): string
  /** An empty text forgets the draft. */
  write(account: string, target: DraftTarget, text: string): void
  /** Adds words that came back, for example of a post that was not sent, to what is there already. */
  giveBack(account: string, target: DraftTarget, text: string): void
}

/** Words not sent yet, per account and target. They survive reload, sign-out and failure. */
export function createDrafts(kept: Kept): Drafts {
  const keyOf = (account: string, target: DraftTarget) => `draft:${account}:${target}`
  const read: Drafts['read'] = (account, target) => kept.get(keyOf(account, target)) ?? ''
  const write: Drafts['write'] = (account, target, text) =>
    kept.set(keyOf(account, target), text.trim() === '' ? null : text)
  return {
    read,
    write,
    giveBack(account, target, text) {
      const there = read(account, target)
      if (there.includes(text)) return
      write(account, target, there.trim() === '' ? text : `${text}\n\n${there}`)
    },
  }
}
