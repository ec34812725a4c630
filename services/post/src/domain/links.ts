import { LinkifyIt } from 'linkify-it'

export interface FoundLink {
  readonly start: number
  readonly end: number
  readonly url: string
}

/** Endings of bare domains beside those the library knows (two letters and the oldest ones). */
const endings =
  'ai app art blog cloud dev games live media news online page shop site social studio tech wiki world xyz zone'

const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: false, fuzzyIP: false })
  .add('ftp:', null)
  .add('mailto:', null)
  .add('//', null)
  .tlds(endings.split(' '), true)

/** Links of http, https and bare domains (which become https), in order. */
export function findLinks(text: string): FoundLink[] {
  if (!text.includes('.') && !text.includes('://')) return []
  const matches = linkify.match(text) ?? []
  return matches.flatMap(({ schema, index, lastIndex, raw }) => {
    if (schema === '' && /[#＃$]/.test(text.charAt(index - 1))) return []
    const url = schema === '' ? `https://${raw}` : raw
    return URL.canParse(url) ? [{ start: index, end: lastIndex, url }] : []
  })
}
