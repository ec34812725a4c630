/** Places and things of a harbour town: nobody who could be somebody. */
export const demoPeople = [
  { handle: 'demo', name: 'Demo', bio: 'Signed in as me? Then you see what I follow.' },
  { handle: 'visitor', name: 'Visitor', bio: 'The second sign-in: open it beside the first.' },
  { handle: 'tides', name: 'Tide Table', bio: 'High, low, and how long until the next one.' },
  { handle: 'geese', name: 'Goose Watch', bio: 'Counts what flies over the salt marsh.' },
  { handle: 'bakery', name: 'Old Mill Bakery', bio: 'Bread, by the hour it leaves the oven.' },
  { handle: 'ferry', name: 'Ferry Board', bio: 'Departures to the island.' },
  { handle: 'library', name: 'Town Library', bio: 'Lends books, thermometers and umbrellas.' },
  { handle: 'lighthouse', name: 'Lighthouse', bio: 'One flash every ten seconds.' },
  { handle: 'weather', name: 'Weather Mast', bio: 'Wind, rain and what the window says.' },
  { handle: 'market', name: 'Quay Market', bio: 'What is on the stalls today.' },
  { handle: 'garden', name: 'Walled Garden', bio: 'Open until the light goes.' },
  { handle: 'clock', name: 'Town Clock', bio: 'Four minutes fast since the storm.' },
] as const

export const demoSignIns = ['demo', 'visitor'] as const
/** Only ever set in development, and printed at every start. */
export const demoPassword = 'geese fly in a skein'

/** Who writes by itself. */
export const demoBots = demoPeople
  .map(({ handle }) => handle)
  .filter((handle) => handle !== 'demo' && handle !== 'visitor')

/** Pairs of places in `demoPeople`: the first sign-in follows all but two, so that there is someone left to suggest. */
export function demoFollows(): [number, number][] {
  const pairs: [number, number][] = []
  for (let who = 0; who < demoPeople.length; who++) {
    for (let whom = 0; whom < demoPeople.length; whom++) {
      const isFollowed = who === 0 ? whom < 10 : (who * 7 + whom * 5) % 3 !== 0
      if (who !== whom && isFollowed) pairs.push([who, whom])
    }
  }
  return pairs
}
