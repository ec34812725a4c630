import type { TextEntity } from '@skein/client'

export type Segment =
  | { kind: 'text'; text: string }
  | { kind: 'mention'; text: string; handle: string }
  | { kind: 'tag'; text: string; tag: string }
  /** `parts` are shown one after another with a chance to break between. */
  | { kind: 'link'; parts: string[]; url: string }

const shownMaxChars = 45

/** A post's text as a list of plain and linked parts. Entities that overlap, run over the end or are no web address stay text. */
export function segmentsOf(text: string, entities: readonly TextEntity[]): Segment[] {
  const out: Segment[] = []
  let at = 0
  const plain = (end: number) => {
    if (end > at) out.push({ kind: 'text', text: text.slice(at, end) })
  }
  for (const entity of entities) {
    if (entity.start < at || entity.end > text.length || entity.end <= entity.start) continue
    const segment = segmentOf(entity, text.slice(entity.start, entity.end))
    if (segment === null) continue
    plain(entity.start)
    out.push(segment)
    at = entity.end
  }
  plain(text.length)
  return out
}

/** Parts between empty lines. A text without an empty line is one paragraph. */
export function paragraphsOf(segments: readonly Segment[]): Segment[][] {
  const paragraphs: Segment[][] = [[]]
  for (const segment of segments) {
    if (segment.kind !== 'text') {
      paragraphs.at(-1)?.push(segment)
      continue
    }
    segment.text.split(/\n[\t ]*\n\s*/).forEach((text, i) => {
      if (i > 0) paragraphs.push([])
      if (text !== '') paragraphs.at(-1)?.push({ kind: 'text', text })
    })
  }
  return paragraphs.filter((p) => p.length > 0)
}

/** `https://a.example/b/c?d` as `a.example/`, `b/`, `c?d`; long ones end in an ellipsis. */
export function linkParts(shown: string): string[] {
  const bare = shown.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, '')
  const cut =
    bare.length > shownMaxChars ? `${bare.slice(0, shownMaxChars - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : bare
  return cut.split(/(?<=\/)/)
}

function segmentOf(entity: TextEntity, text: string): Segment | null {
  switch (entity.type) {
    case 'mention':
      return { kind: 'mention', text, handle: entity.handle }
    case 'tag':
      return { kind: 'tag', text, tag: entity.tag }
    case 'link':
      return isWebAddress(entity.url) ? { kind: 'link', parts: linkParts(text), url: entity.url } : null
  }
}

function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url)
}
