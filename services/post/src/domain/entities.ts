import { Handle, limits, Tag } from '@skein/contracts'
import { findLinks } from './links.js'

/** What a text holds beside text, before it is known which people exist. */
export type FoundEntity =
  | { readonly type: 'mention'; readonly start: number; readonly end: number; readonly handle: Handle }
  | { readonly type: 'tag'; readonly start: number; readonly end: number; readonly tag: Tag }
  | { readonly type: 'link'; readonly start: number; readonly end: number; readonly url: string }

/** Different tags of one post; those beyond are plain text. */
const tagsMax = 30

/** Letters of scripts that put spaces between words: next to these, `@` belongs to the word (an e-mail, a signature). */
const spaced = String.raw`(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}])\p{L}`
const inTag = String.raw`\p{L}\p{M}\p{N}_`

const mentions = new RegExp(
  String.raw`(?<!${spaced}|[\p{N}_!#$%&*/@＠])[@＠]([a-zA-Z0-9_]{2,24})(?!${spaced}|[\p{N}_@＠]|:\/\/)`,
  'gu',
)
/** Twitter's rules: nothing of a word (nor `&`) before it, a letter in it, no second `#` right after it. A VS16 ends an emoji. */
const tags = new RegExp(
  String.raw`(?<![\p{L}\p{N}_&#＃]|(?![\uFE0E\uFE0F])\p{M})[#＃](?!\p{M})([${inTag}]+)(?![${inTag}#＃]|:\/\/)`,
  'gu',
)

/**
 * Mentions, tags and links in order, not overlapping, offsets in UTF-16 code units. A link wins over what stands in it.
 * At most `limits.mentionsMax` different handles and 30 different tags. Linear in the length of the text.
 */
export function findEntities(text: string): FoundEntity[] {
  const links = findLinks(text).map((link): FoundEntity => ({ type: 'link', ...link }))
  const words = [...limit(findMentions(text), limits.mentionsMax, keyOf), ...limit(findTags(text), tagsMax, keyOf)]
  const outside = words.filter((word) => !links.some((link) => word.start < link.end && link.start < word.end))
  return [...links, ...outside].sort((a, b) => a.start - b.start)
}

function findMentions(text: string): FoundEntity[] {
  if (!/[@＠]/.test(text)) return []
  return Array.from(text.matchAll(mentions), (match): FoundEntity[] => {
    const handle = Handle.safeParse(match[1]?.toLowerCase())
    return handle.success ? [{ type: 'mention', ...placeOf(match), handle: handle.data }] : []
  }).flat()
}

function findTags(text: string): FoundEntity[] {
  if (!/[#＃]/.test(text)) return []
  return Array.from(text.matchAll(tags), (match): FoundEntity[] => {
    const tag = readTag(match[1] ?? '')
    return tag === null ? [] : [{ type: 'tag', ...placeOf(match), tag }]
  }).flat()
}

/** The tag as it is stored and looked up; null when it cannot be one (too long, or without a letter). */
export function readTag(word: string): Tag | null {
  const tag = Tag.safeParse(word.toLowerCase().normalize('NFC'))
  return tag.success && /\p{L}/u.test(tag.data) ? tag.data : null
}

function placeOf(match: RegExpExecArray): { start: number; end: number } {
  return { start: match.index, end: match.index + match[0].length }
}

function keyOf(entity: FoundEntity): string {
  return entity.type === 'mention' ? entity.handle : entity.type === 'tag' ? entity.tag : entity.url
}

/** Leaves out what comes with more than `max` different keys. */
function limit(entities: FoundEntity[], max: number, key: (entity: FoundEntity) => string): FoundEntity[] {
  const seen = new Set<string>()
  return entities.filter((entity) => seen.has(key(entity)) || (seen.size < max && seen.add(key(entity))))
}
