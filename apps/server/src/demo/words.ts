const lines: Record<string, readonly string[]> = {
  tides: [
    'High water at {h}:{m}, {n}.{d} m. #tides',
    'Low water at {h}:{m}. The outer bank is dry for two hours. #tides',
    'The tide has turned.',
  ],
  geese: [
    '{c} pink-footed geese over the salt marsh, heading south-west. #geese',
    '{n} whooper swans on the east pool. #geese #swans',
    'One heron, in the car park, again.',
    'First skein of the day at {h}:{m}, {c} birds. #geese',
  ],
  bakery: [
    'Rye is out of the oven. {n} loaves, so be quick or be kind. #bread',
    'Cinnamon knots until they are gone. #bread',
    'The starter has risen out of its bucket. All is well.',
  ],
  ferry: [
    '{h}:{m} to the island is on time. #ferry',
    '{h}:{m} to the island runs {d} minutes late: fog on the bar. #ferry',
    'Last boat back leaves at 22:40. #ferry',
  ],
  library: [
    'Returned today: an umbrella that was never ours. #library',
    'The reading room is warm and {n} chairs are free. #library',
    'New on the shelf by the door: knots, tides, small boats. https://example.com/shelf',
  ],
  lighthouse: ['Flash.', 'Visibility {n} km. #harbour', 'The lamp was cleaned. It is not brighter, but it is calmer.'],
  weather: [
    'Wind {n} knots, south-west. #weather',
    'First frost on the quay: {d} below. #firstfrost #weather',
    'Rain from {h}:{m}, says the mast. The window disagrees. #weather',
  ],
  market: [
    'Apples, leeks, and {n} kinds of potato. #market',
    'The cheese is back. So is the queue. #market',
    'Late today: mackerel at {h}:{m}. #market',
  ],
  garden: [
    'The quinces are ready; the ladder is behind the shed. #garden',
    'Frost cloth on the lemons by {h}:{m}, please. #garden #firstfrost',
    '{n} bees, one of them lost.',
  ],
  clock: ['{h}:{m}, give or take.', 'It is later than you think, by four minutes.', 'Wound.'],
}
const replies = [
  'Seen from here too.',
  'Four minutes ago, by our count.',
  'Thank you, we will come by.',
  'Noted, and pinned to the door.',
  'The geese say the same.',
]

/** What a bot writes: chosen and filled in by `next`, uniform in [0, 1). */
export function wordsOf(handle: string, next: () => number): string {
  const digit = (from: number, to: number) => String(from + Math.floor(next() * (to - from + 1)))
  const choices = lines[handle] ?? ['Hello.']
  const line = choices[Math.floor(next() * choices.length)] ?? 'Hello.'
  return line
    .replace('{h}', digit(5, 22).padStart(2, '0'))
    .replace('{m}', digit(0, 59).padStart(2, '0'))
    .replace('{c}', digit(12, 420))
    .replace('{n}', digit(2, 24))
    .replace('{d}', digit(1, 9))
}

export function replyWords(next: () => number): string {
  return replies[Math.floor(next() * replies.length)] ?? 'Thank you.'
}
