export type TextCheck =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'too_long'; readonly maxGraphemes: number }
  | { readonly kind: 'unprintable' }

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })
/** Control characters other than a line break and a tab, and halves of characters, which no encoding can carry. */
const unprintable = /(?![\n\t])\p{Cc}|\p{Cs}/u
const visible = /[^\p{Z}\p{Cc}\p{Cf}]/u

/** The text as it is stored: NFC, line breaks as `\n`, nothing blank at either end; or why it cannot be a post. */
export function checkText(raw: string, maxGraphemes: number): TextCheck {
  const text = raw.replaceAll(/\r\n?/g, '\n').normalize('NFC').trim()
  if (!visible.test(text)) return { kind: 'empty' }
  if (unprintable.test(text)) return { kind: 'unprintable' }
  return isLongerThan(text, maxGraphemes) ? { kind: 'too_long', maxGraphemes } : { kind: 'ok', text }
}

/** Counts no further than needed; a grapheme is what a reader takes for one character. */
function isLongerThan(text: string, maxGraphemes: number): boolean {
  if (text.length <= maxGraphemes) return false
  let graphemes = 0
  for (const _ of segmenter.segment(text)) if (++graphemes > maxGraphemes) return true
  return false
}
