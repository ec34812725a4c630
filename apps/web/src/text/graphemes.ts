const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const emoji = new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v')
const plain = /^[\x20-\x7e\n]*$/

/** The length of a post as its reader sees it. The server counts the same way, white space at the ends left out. */
export function countGraphemes(text: string): number {
  const trimmed = text.trim()
  if (plain.test(trimmed)) return trimmed.length
  let count = 0
  for (const _ of segmenter.segment(trimmed)) count += 1
  return count
}

/** One to eight emoji and no word: such a post is shown large. */
export function isEmojiOnly(text: string): boolean {
  if (text.length > 200) return false
  const parts = [...segmenter.segment(text)].map((s) => s.segment).filter((s) => s.trim() !== '')
  return parts.length >= 1 && parts.length <= 8 && parts.every((s) => emoji.test(s))
}

export interface Room {
  /** The part of the thread that is left, 0 to 1. */
  left: number
  tone: 'plain' | 'near' | 'over'
  /** What is said beside the button; empty while there is room. */
  words: string
  canPost: boolean
}

/** How a text stands to the limit: amber at 20 left, red when over. */
export function roomOf(text: string, limit: number): Room {
  const count = countGraphemes(text)
  const left = limit - count
  const tone = left < 0 ? 'over' : left <= 20 ? 'near' : 'plain'
  const words = tone === 'over' ? `${-left} over` : tone === 'near' ? `${left} left` : ''
  return { left: count === 0 ? 0 : Math.max(0, left / limit), tone, words, canPost: count > 0 && left >= 0 }
}
