import type { FeedItem, Notification, Post } from '@skein/client'
import { card, fakeId, fakePost } from './fake-people.js'

const minute = 60_000
const hour = 60 * minute

/** The reference's home feed, newest first, told from `now`. */
export function homeItems(now: number): FeedItem[] {
  const ago = (m: number) => now - m * minute
  const why = fakePost({
    by: 'mara',
    atMs: ago(134),
    n: 1,
    text: 'Starch that was loosened by baking slowly lines itself up again as it cools, and it does that fastest just above freezing. So the fridge is the one place in the kitchen where a loaf ages in a day. https://notes.mara.example/why-the-fridge-is-the-worst-place-for-bread',
  })
  const coffee = fakePost({
    by: 'aga',
    atMs: ago(260),
    n: 1,
    counts: [9, 2, 44],
    text: 'The coffee machine at work has started hissing in a way that sounds like a question. I do not have the answer. Suggestions from people who own screwdrivers?',
  })
  const platform = fakePost({
    by: 'callum',
    atMs: ago(31),
    n: 1,
    counts: [11, 46, 203],
    marks: ['reposted'],
    text: 'If you stand at the very end of platform 3 at ten past four this week, the sun comes straight down the rails and the whole station goes quiet for about a minute. Nobody has agreed to do this. Everybody does it.',
  })
  const posts: (Post | FeedItem)[] = [
    fakePost({
      by: 'wren',
      atMs: ago(4),
      counts: [4, 9, 38],
      marks: ['liked'],
      text: 'Forty-one pink-footed geese over the salt marsh at 06:50, in one long wobbly line heading south-west. You hear them a full minute before you see them. #geese #firstfrost',
    }),
    fakePost({
      by: 'oldmill',
      atMs: ago(9),
      counts: [2, 1, 17],
      text: 'Rye is out of the oven at ten. There are eleven loaves, so be quick or be kind.',
    }),
    fakePost({
      by: 'ferrywatch',
      atMs: ago(16),
      counts: [0, 12, 6],
      text: '09:15 to the island is running 20 minutes late (fog on the bar). 10:00 expected on time. Live board: https://ferrywatch.example/board #ferry',
    }),
    { id: fakeId(ago(30), 7), post: platform, repostedBy: card('tobi') },
    fakePost({
      by: 'leila',
      atMs: ago(47),
      counts: [6, 3, 54],
      text: 'صباح الخير من السوق القديم. أصرّ البائع أن أذوق ثلاثة أنواع من التمر قبل أن أختار، فعدت إلى البيت بكيلو ونصف 😄 #صباح',
    }),
    fakePost({
      by: 'priya',
      atMs: ago(58),
      counts: [8, 21, 129],
      marks: ['bookmarked'],
      quote: why,
      text: 'The clearest explanation I have read of why bread goes stale faster in the fridge. Short version: freeze it, toast it, never chill it. #bread',
    }),
    fakePost({
      by: 'ruth',
      atMs: ago(121),
      counts: [23, 88, 412],
      text: 'Things I learned in a year of running the repair table at the library. One: nobody is embarrassed by a broken toaster, but everybody is embarrassed by a broken lamp. Two: nine times in ten it is the plug, the fuse, or the bit of cable just behind the plug. Three: if a radio has been in the family longer than you have been alive, fix the switch and leave the hum. The hum is what they came for.\n\nFour: children make the best assistants, since they will hold a torch still for half an hour if you let them press the button at the end. Five: make tea before you open the thing, never after. Six: write down where the screws go, then do not trust what you wrote. Seven: one object in five cannot be saved, and people take that well as long as somebody looked properly.\n\nWe mended 312 things, threw away 71, and I now know the names of two streets’ worth of neighbours I used to nod at. See you this Saturday from ten until one. Bring the lamp. Nobody at the table will ask how it happened. #repairtable',
    }),
    fakePost({ by: 'bao', atMs: ago(139), counts: [5, 0, 31], text: '🥟🥟🥟🥟🥟🥟🥟' }),
    fakePost({
      by: 'dmitri',
      atMs: ago(152),
      counts: [1, 0, 9],
      replyTo: coffee,
      text: 'It is the gasket. It is always the gasket.',
    }),
    fakePost({
      by: 'luca',
      atMs: ago(171),
      counts: [3, 14, 77],
      edited: true,
      text: 'Wrote up how we moved the library catalogue off the machine that had lived under the stairs since 2009. It took four evenings, one spreadsheet called FINAL_final_3, and the patience of @joan, who remembers every shelf. https://notes.luca.example/moving-the-catalogue-off-the-machine',
    }),
    fakePost({
      by: 'sofia',
      atMs: ago(190),
      counts: [14, 6, 96],
      text: 'Mi vecina de 84 años acaba de ganarme al ajedrez en once jugadas y me ha preguntado si quería la revancha «con pastel o sin pastel». No hay decisión más fácil.',
    }),
    fakePost({
      by: 'theo',
      atMs: ago(207),
      counts: [0, 0, 2],
      text: 'Testing whether a very long name fits. Carry on.',
    }),
    fakePost({
      by: 'tides',
      atMs: ago(233),
      counts: [0, 4, 11],
      text: 'High water 11:42 (4.9 m), low water 17:58 (1.1 m). Causeway dry from 15:10 until 20:30.',
    }),
    coffee,
  ]
  return posts.map((p) => ('post' in p ? p : { id: p.id, post: p }))
}

export interface FakeThread {
  ancestors: Post[]
  post: Post
  below: FeedItem[]
}

/** The reference's thread: an ancestor, a post that its author goes on from, and replies. */
export function walkThread(now: number): FakeThread {
  const ago = (h: number) => now - h * hour
  const root = fakePost({
    by: 'joan',
    atMs: ago(17),
    counts: [64, 7, 88],
    text: 'What is the longest you have walked in one go, and what did you think about?',
  })
  const open = fakePost({
    by: 'callum',
    atMs: ago(14.9),
    replyTo: root,
    edited: true,
    counts: [31, 118, 640, 9],
    marks: ['liked'],
    text: 'Sixty-one kilometres in two days, along the whole river from the spring to the harbour wall, with my father’s map from 1974. Mostly I thought about lunch. But also about how much of a place you only learn at walking speed.',
  })
  let last = open
  const own = [
    'The spring is a disappointment. It is a wet patch behind a bus shelter. A man waiting for the 14 told me that people come from all over to be let down by it.',
    'The map was right about everything except the people. Every footbridge is still there. Both pubs are houses. The mill it calls “ruin” is now the only place in the valley that sells coffee.',
    'You smell the harbour before you see it. I touched the wall at ten past four, and the tide came in to meet me, which I choose to take personally. Map, notes, and a list of the benches: https://callum.example/river-at-walking-speed',
  ].map(
    (text, i) =>
      (last = fakePost({
        by: 'callum',
        atMs: ago(14.8 - i / 10),
        replyTo: last,
        counts: [2 + i, 4 * i, 97 + 40 * i],
        text,
      })),
  )
  const bench = fakePost({
    by: 'wren',
    atMs: ago(13.4),
    replyTo: open,
    counts: [2, 3, 58],
    text: 'That bench is on my round. The sparrows are why it faces the hedge: the council asked, and the schoolchildren voted.',
  })
  const thanks = fakePost({
    by: 'callum',
    atMs: ago(13.2),
    replyTo: bench,
    counts: [1, 0, 31],
    text: 'This is the best possible answer. Please thank the schoolchildren.',
  })
  const below = [
    ...own,
    bench,
    thanks,
    fakePost({
      by: 'wren',
      atMs: ago(13.1),
      replyTo: thanks,
      counts: [0, 1, 74],
      marks: ['liked'],
      text: 'They are in their thirties now. But I will.',
    }),
    fakePost({
      by: 'noam',
      atMs: ago(10.7),
      replyTo: open,
      counts: [1, 0, 12],
      text: 'איזה מסלול יפה! כמה מים לקחת איתך?',
    }),
    fakePost({ by: 'kit', atMs: ago(9), replyTo: open, gone: true, text: '' }),
    fakePost({
      by: 'bao',
      atMs: ago(1.2),
      replyTo: open,
      counts: [3, 5, 66],
      text: 'Forty-eight, because I missed the last train by four minutes. I thought about the four minutes.',
    }),
    fakePost({
      by: 'gil',
      atMs: ago(0.4),
      replyTo: open,
      counts: [0, 0, 4],
      text: 'Which sheet of the map is it? My uncle drew two of them and would like to know which of his mistakes survived. 😄',
    }),
  ]
  return {
    ancestors: [root],
    post: open,
    below: below.map((post) => ({ id: post.id, post })).sort((a, b) => (a.id < b.id ? 1 : -1)),
  }
}

export function notifications(now: number): Notification[] {
  const ago = (m: number) => now - m * minute
  const duck = fakePost({
    by: 'ines',
    atMs: ago(205),
    counts: [1, 3, 13],
    text: 'The swing bridge got stuck open with one duck on it, and forty people stood there, being late, taking its side.',
  })
  const mine = fakePost({
    by: 'ines',
    atMs: ago(1_700),
    replyTo: fakePost({ by: 'sofia', atMs: ago(1_720), text: '¿Con pastel?' }),
    text: 'Con pastel. Siempre con pastel.',
  })
  const rows: [string, Notification['type'], number, Post?][] = [
    ...['wren', 'tobi', 'mara', 'bao', 'luca', 'gil', 'joan', 'noam', 'tides', 'hanne', 'priya', 'ruth', 'dmitri'].map(
      (by, i): [string, 'like', number, Post] => [by, 'like', 2 + i / 10, duck],
    ),
    [
      'callum',
      'reply',
      11,
      fakePost({
        by: 'callum',
        atMs: ago(11),
        replyTo: duck,
        counts: [0, 0, 2],
        text: 'The duck has a name, it is on the harbour master’s rota, and it has not been late once since April.',
      }),
    ],
    ['kit', 'follow', 26],
    [
      'aga',
      'mention',
      95,
      fakePost({
        by: 'aga',
        atMs: ago(95),
        counts: [3, 0, 8],
        text: 'Is @ines coming on Saturday? We need someone who is not afraid of the back of a washing machine.',
      }),
    ],
    ...['ruth', 'luca', 'sofia'].map((by, i): [string, 'repost', number, Post] => [by, 'repost', 170 + i, duck]),
    [
      'priya',
      'quote',
      188,
      fakePost({
        by: 'priya',
        atMs: ago(188),
        counts: [1, 4, 51],
        marks: ['liked'],
        quote: duck,
        text: 'Every public inquiry should be this short.',
      }),
    ],
    ...['hanne', 'lowtide', 'noam', 'gil', 'theo', 'tides'].map((by, i): [string, 'follow', number] => [
      by,
      'follow',
      1_500 + i,
    ]),
    ['sofia', 'like', 1_620, mine],
  ]
  return rows.map(([by, type, m, post], n) => ({
    id: fakeId(Math.round(ago(m)), n),
    type,
    atMs: Math.round(ago(m)),
    actor: card(by),
    ...(post === undefined ? {} : { post }),
  }))
}

export const trends = [
  { tag: 'firstfrost', posts: 214, authors: 161, series: [4, 8, 8, 7, 10, 12, 12, 15, 18, 20, 21, 21] },
  { tag: 'ferry', posts: 96, authors: 40, series: [2, 4, 5, 6, 6, 8, 7, 8, 10, 8, 10, 9] },
  { tag: 'geese', posts: 71, authors: 33, series: [1, 3, 5, 8, 9, 10, 10, 10, 10, 9, 10, 10] },
  { tag: 'repairtable', posts: 58, authors: 21, series: [4, 2, 2, 4, 4, 4, 6, 6, 6, 4, 4, 5] },
  { tag: 'bread', posts: 40, authors: 12, series: [3, 4, 6, 5, 5, 4, 4, 4, 5, 4, 2, 1] },
]
