import type { Post, TextEntity, UserCard } from '@skein/client'

/** The scripted people and posts; the reference design's own, so that both can be held side by side. */
export interface FakePerson extends UserCard {
  bio: string
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A ULID of this time; `n` tells apart what is of the same time. */
export function fakeId(atMs: number, n = 0): string {
  let time = ''
  for (let left = atMs, i = 0; i < 10; i += 1, left = Math.floor(left / 32)) time = crockford[left % 32] + time
  return (
    time +
    n
      .toString(32)
      .toUpperCase()
      .replaceAll(/[ILOU]/g, 'Z')
      .padStart(16, '0')
  )
}

const rows: [handle: string, name: string, bio: string][] = [
  ['ines', 'Ines Kovač', 'Late for most things. On time for bread.'],
  [
    'wren',
    'Wren Abernathy',
    'Counts geese, mends bicycles, reads slowly. Warden at the salt marsh three mornings a week. Ask me about knots.',
  ],
  ['oldmill', 'Old Mill Bakery', 'Says when the bread is ready.'],
  ['ferrywatch', 'Ferry Watch', 'Late ferries, the moment we know.'],
  ['tobi', 'Tobias Okafor', 'Library, rain, thermometers.'],
  ['callum', 'Callum Reid', 'Trains, walks, benches.'],
  ['leila', 'ليلى بن عمر', 'أكتب عن السوق والخبز والناس.'],
  ['priya', 'Priya Raman', 'Chemistry of breakfast.'],
  ['mara', 'Mara Lindqvist', 'Starch, mostly.'],
  ['ruth', 'Ruth Mensah', 'Repair table, Saturdays.'],
  ['bao', 'Bảo Trần', 'Cooks for more people than are coming.'],
  ['dmitri', 'Dmitri Volkov', 'It is the gasket.'],
  ['aga', 'Agnieszka Zielińska', 'Not afraid of washing machines.'],
  ['luca', 'Luca Ferri', 'Catalogues and roofs.'],
  ['sofia', 'Sofía Duarte', 'Con pastel.'],
  ['theo', 'Theo Marchetti-Blackwood of the Lower Quay', ''],
  ['tides', 'Estuary Tides', 'High water, low water.'],
  ['hanne', 'Hanne Vestergaard', 'A barn, a dog, one fact a guest.'],
  ['lowtide', 'Low Tide Radio', 'Music for mud.'],
  ['kit', 'Kit Larsen', 'Rope, boats, soup. New in town.'],
  ['joan', 'Joan Pettigrew', 'Remembers every shelf.'],
  ['noam', 'נעם אדלר', ''],
  ['gil', 'Gil', ''],
]

const people = new Map(
  rows.map(([handle, name, bio], n): [string, FakePerson] => [
    handle,
    { id: fakeId(1_700_000_000_000, n), handle, name, bio },
  ]),
)

export function person(handle: string): FakePerson {
  const found = people.get(handle)
  if (found === undefined) throw new Error(`nobody is called ${handle}`)
  return found
}
export function everyone(): FakePerson[] {
  return [...people.values()]
}
export function card(handle: string): UserCard {
  const { id, name } = person(handle)
  return { id, handle, name }
}

/** Mentions, tags and links found the way the server finds them, near enough. */
export function entitiesOf(text: string): TextEntity[] {
  const found = text.matchAll(/https?:\/\/[^\s,;]+|(?<![\p{L}\p{N}_])[#@][\p{L}\p{M}\p{N}_]+/gu)
  return [...found].flatMap((match): TextEntity[] => {
    const start = match.index
    const [word] = match
    const end = start + word.length
    if (word.startsWith('#')) return [{ type: 'tag', start, end, tag: word.slice(1).toLowerCase() }]
    if (!word.startsWith('@')) return [{ type: 'link', start, end, url: word }]
    const user = people.get(word.slice(1))
    return user === undefined ? [] : [{ type: 'mention', start, end, userId: user.id, handle: user.handle }]
  })
}

export interface FakePostInput {
  by: string
  text: string
  atMs: number
  n?: number
  counts?: [replies: number, reposts: number, likes: number, quotes?: number]
  marks?: ('liked' | 'reposted' | 'bookmarked')[]
  edited?: boolean
  gone?: boolean
  replyTo?: Post
  quote?: Post
}

export function fakePost(input: FakePostInput): Post {
  const { by, text, atMs, n = 0, counts = [0, 0, 0], marks = [], replyTo, quote } = input
  const entities = input.gone ? [] : entitiesOf(text)
  return {
    id: fakeId(atMs, n),
    author: card(by),
    rev: input.edited || input.gone ? 2 : 1,
    text: input.gone ? '' : text,
    entities,
    createdAtMs: atMs,
    ...(input.edited ? { editedAtMs: atMs + 60_000 } : {}),
    ...(input.gone ? { deletedAtMs: atMs + 60_000 } : {}),
    ...(replyTo === undefined ? {} : { replyTo: { id: replyTo.id, author: replyTo.author } }),
    path: replyTo === undefined ? [] : [...replyTo.path, replyTo.id],
    tags: entities.flatMap((entity) => (entity.type === 'tag' ? [entity.tag] : [])),
    counts: { replies: counts[0], reposts: counts[1], likes: counts[2], quotes: counts[3] ?? 0 },
    viewer: {
      liked: marks.includes('liked'),
      reposted: marks.includes('reposted'),
      bookmarked: marks.includes('bookmarked'),
    },
    ...(quote === undefined
      ? {}
      : {
          quote: {
            id: quote.id,
            author: quote.author,
            text: quote.text,
            entities: quote.entities,
            createdAtMs: quote.createdAtMs,
          },
        }),
  }
}
