const segmenter = new Intl.Segmenter('und', { granularity: 'word' })
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u
const wordsMax = 16

/** The text as the word index takes it: words of scripts that write without spaces are set apart. */
export function indexableText(text: string): string {
  return unspaced.test(text) ? wordsOf(text).join(' ') : text
}

/** The different words asked for, 16 at most; empty when there is none. */
export function searchWords(query: string): string[] {
  return [...new Set(wordsOf(query))].slice(0, wordsMax)
}

function wordsOf(text: string): string[] {
  return Array.from(segmenter.segment(text.normalize('NFC').toLowerCase())).flatMap(({ segment, isWordLike }) =>
    isWordLike === true ? segment.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '') : [],
  )
}
