import type { TextEntity } from '@skein/client'
import { hrefs } from '../text/routes.js'
import { paragraphsOf, segmentsOf, type Segment } from '../text/segments.js'

/** A post's text as text nodes and links; nothing of it is ever read as HTML. */
export function RichText({ text, entities }: { text: string; entities: readonly TextEntity[] }) {
  const paragraphs = paragraphsOf(segmentsOf(text, entities))
  if (paragraphs.length <= 1) return <>{paragraphs[0]?.map(part)}</>
  return (
    <>
      {paragraphs.map((segments, i) => (
        <p key={i} dir="auto">
          {segments.map(part)}
        </p>
      ))}
    </>
  )
}

function part(segment: Segment, i: number) {
  switch (segment.kind) {
    case 'text':
      return segment.text
    case 'mention':
      return (
        <a key={i} href={hrefs.profile(segment.handle)}>
          <bdi>{segment.text}</bdi>
        </a>
      )
    case 'tag':
      return (
        <a key={i} href={hrefs.tag(segment.tag)}>
          {segment.text}
        </a>
      )
    case 'link':
      return (
        <a key={i} href={segment.url} title={segment.url} target="_blank" rel="noopener noreferrer nofollow">
          {segment.parts.flatMap((text, n) => (n === 0 ? [text] : [<wbr key={n} />, text]))}
        </a>
      )
  }
}
