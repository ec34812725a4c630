import { indexableText } from '../../domain/search-words.js'

const accents = /[\u0300-\u036f]/gu

/** The different words a text is found by; `foldWord` of what is searched for must be among them. */
export function wordsIn(text: string): string[] {
  return [...new Set(foldWord(indexableText(text)).split(/[^\p{L}\p{M}\p{N}]+/u))].filter((word) => word !== '')
}

/** In lower case, without the accents of European scripts. */
export function foldWord(word: string): string {
  return word.normalize('NFD').replaceAll(accents, '').normalize('NFC').toLowerCase()
}
