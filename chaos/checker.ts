import type { AuthorRecord, EdgeChange, Heard, Line, ReaderRecord, Records, Sent, Trouble } from './record.js'

/*
 * Holds the invariants of the system (I1 to I9) against what was acknowledged, as far as each is seen from outside. Pure:
 * what it is told is all it knows. I8's lags are looked at by the stage.
 */

/** What was found wrong, in words, each with its invariant; empty when all holds. */
export type Findings = string[]

/** A change is in force this long after it was acknowledged. */
const inForceMs = 2_000
/** After the end of a trouble the system may be this late. */
const recoveryMs = 15_000
/** A gap may have been told this much after what it covers. */
const gapSlackMs = 3_000

export function check({ authors, readers, troubles }: Records): Findings {
  const byHandle = new Map(authors.map((author) => [author.handle, author]))
  const sentOf = new Map(authors.flatMap(({ sent }) => sent.map((post) => [post.text, post] as const)))
  const everything: Everything = { byHandle, sentOf, troubles }
  return [
    ...authors.flatMap((author) => checkAuthor(author)),
    ...readers.flatMap((reader) => [
      ...checkHeard(reader, everything),
      ...checkHome(reader, everything),
      ...checkView(reader),
    ]),
  ]
}

interface Everything {
  readonly byHandle: ReadonlyMap<string, AuthorRecord>
  /** By text. */
  readonly sentOf: ReadonlyMap<string, Sent>
  readonly troubles: readonly Trouble[]
}

function checkAuthor({ handle, sent, isUnordered, shown, refused, followers }: AuthorRecord): Findings {
  const texts = new Set(sent.map(({ text }) => text))
  const own = shown.filter(({ text }) => texts.has(text))
  return [
    ...refused.map((what) => `refused ${handle}: ${what}`),
    ...finding(`I1 lost in the timeline of ${handle}`, missing(sent, shown)),
    ...finding(`I2 never sent, in the timeline of ${handle}`, shown.filter(({ text }) => !texts.has(text)).map(said)),
    ...finding(`I3 doubled in the timeline of ${handle}`, doubled(shown.map(said))),
    ...finding(`I4 out of order in the timeline of ${handle}`, isUnordered ? [] : disorder(own)),
    ...finding(`I7 deleted, in the timeline of ${handle}`, deletedAmong(sent, shown)),
    ...finding(`I8 likes of ${handle}`, wrongLikes(sent, shown)),
    ...(followers === undefined || followers.counted === followers.listed
      ? []
      : [`I8 ${handle} has ${followers.listed} followers and counts ${followers.counted}`]),
  ]
}

/** What arrived live, to a program that does nothing about gaps. */
function checkHeard({ handle, follows, changes, refused, listening }: ReaderRecord, all: Everything): Findings {
  const { heard } = listening
  const of = byAuthor(heard)
  const known = new Set([...follows, ...changes.filter(({ on }) => on).map(({ author }) => author)])
  return [
    ...refused.map((what) => `refused ${handle}: ${what}`),
    ...finding(`I2 ${handle} heard what was never sent`, heard.filter(({ text }) => !all.sentOf.has(text)).map(said)),
    ...finding(`I3 ${handle} heard twice`, doubled(heard.map(({ id }) => id))),
    ...finding(`I4 ${handle} heard out of order`, disorderAmong(of, all)),
    ...finding(`I9 ${handle} heard who was never followed`, heard.filter(({ author }) => !known.has(author)).map(said)),
    ...finding(`I7 ${handle} heard after it had ended`, heard.filter((one) => isOver(one, changes, all)).map(said)),
    ...finding(`I1 ${handle} did not hear`, unheard({ follows, listening }, all)),
  ]
}

/** Acknowledged, of somebody always followed, and neither heard nor covered by a gap that was told. */
function unheard({ follows, listening }: Pick<ReaderRecord, 'follows' | 'listening'>, all: Everything): string[] {
  const there = new Set(listening.heard.map(({ id }) => id))
  // Its event entered the log at some moment between the two: what was delayed is appended by whoever is first.
  const isCovered = (fromMs: number, acknowledgedMs: number): boolean =>
    listening.gaps.some((gap) => fromMs <= gap.atMs + gapSlackMs && acknowledgedMs >= gap.lastMs - recoveryMs)
  return follows
    .flatMap((author) => all.byHandle.get(author)?.sent ?? [])
    .filter(
      ({ id, fromMs, acknowledgedMs, deletingMs }) =>
        id !== undefined &&
        acknowledgedMs !== undefined &&
        deletingMs === undefined &&
        fromMs >= listening.fromMs &&
        !there.has(id) &&
        !isCovered(fromMs, acknowledgedMs),
    )
    .map(({ text }) => text)
}

function isOver(heard: Heard, changes: readonly EdgeChange[], { sentOf, troubles }: Everything): boolean {
  if (troubles.some(({ fromMs, toMs }) => heard.atMs >= fromMs && heard.atMs <= toMs + recoveryMs)) return false
  const deletedMs = sentOf.get(heard.text)?.deletedMs
  if (deletedMs !== undefined && heard.atMs > deletedMs + inForceMs) return true
  const own = changes.filter(({ author, fromMs }) => author === heard.author && fromMs <= heard.atMs)
  const last = own.at(-1)
  return last?.on === false && last.doneMs !== undefined && heard.atMs > last.doneMs + inForceMs
}

/** Home equals the model: every post of everyone followed now, and nothing else. */
function checkHome({ handle, follows, changes, home }: ReaderRecord, all: Everything): Findings {
  if (home === null) return []
  const last = new Map(changes.map((change) => [change.author, change]))
  const uncertain = new Set([...last.values()].filter(({ doneMs }) => doneMs === undefined).map(({ author }) => author))
  const now = [...follows, ...[...last.values()].filter(({ on }) => on).map(({ author }) => author)]
  const followed = new Set(now)
  const of = byAuthor(home)
  const due = now
    .filter((author) => !uncertain.has(author))
    .flatMap((author) => missing(all.byHandle.get(author)?.sent ?? [], of.get(author) ?? []))
  const foreign = home.filter(({ author }) => !followed.has(author) && !uncertain.has(author))
  const gone = now.flatMap((author) => deletedAmong(all.byHandle.get(author)?.sent ?? [], of.get(author) ?? []))
  return [
    ...finding(`I1 lost in the home of ${handle}`, due),
    ...finding(`I2 never sent, in the home of ${handle}`, home.filter(({ text }) => !all.sentOf.has(text)).map(said)),
    ...finding(`I3 doubled in the home of ${handle}`, doubled(home.map(said))),
    ...finding(`I4 out of order in the home of ${handle}`, disorderAmong(of, all)),
    ...finding(`I5 not followed, in the home of ${handle}`, foreign.map(said)),
    ...finding(`I7 deleted, in the home of ${handle}`, gone),
  ]
}

/** A view that stayed open shows what a fresh load shows, as far back as it goes. */
function checkView({ handle, home, view }: ReaderRecord): Findings {
  if (home === null || view === null) return []
  const oldest = view[0]?.id ?? ''
  const fresh = home.filter(({ id }) => id >= oldest)
  const [shown, loaded] = [view, fresh].map((lines) => new Set(lines.map(({ id }) => id)))
  const findings = [
    ...finding(`I6 the view of ${handle} misses`, fresh.filter(({ id }) => shown?.has(id) === false).map(said)),
    ...finding(`I6 the view of ${handle} shows too`, view.filter(({ id }) => loaded?.has(id) === false).map(said)),
    ...finding(`I3 the view of ${handle} shows twice`, doubled(view.map(({ id }) => id))),
  ]
  if (findings.length > 0) return findings
  const other = view.filter(({ id, picture }, n) => id !== fresh[n]?.id || picture !== fresh[n]?.picture)
  return finding(`I6 the view of ${handle} differs from a fresh load`, other.map(said))
}

const said = ({ text }: { readonly text: string }): string => text

/** Acknowledged and not there. What is being deleted may be there or not. */
function missing(sent: readonly Sent[], lines: readonly Line[]): string[] {
  const there = new Set(lines.map(({ id }) => id))
  return sent
    .filter(({ id, deletingMs }) => id !== undefined && deletingMs === undefined && !there.has(id))
    .map(({ text }) => text)
}

function deletedAmong(sent: readonly Sent[], lines: readonly Line[]): string[] {
  const deleted = new Set(sent.filter(({ deletedMs }) => deletedMs !== undefined).map(({ text }) => text))
  return lines.map(said).filter((text) => deleted.has(text))
}

function wrongLikes(sent: readonly Sent[], lines: readonly Line[]): string[] {
  const of = new Map(lines.map((line) => [line.id, line]))
  return sent.flatMap(({ id, text, likers }) => {
    const likes = id === undefined ? undefined : of.get(id)?.likes
    return likers === undefined || likes === undefined || likes === likers.size
      ? []
      : [`${text}: ${likers.size} like it and ${likes} are counted`]
  })
}

function doubled(values: readonly string[]): string[] {
  const seen = new Set<string>()
  return values.filter((value) => seen.size === seen.add(value).size)
}

function disorderAmong(of: ReadonlyMap<string, readonly (Heard | Line)[]>, { byHandle }: Everything): string[] {
  return [...of].flatMap(([author, lines]) => (byHandle.get(author)?.isUnordered === true ? [] : disorder(lines)))
}

/** Those that stand after a later one of the same author. */
function disorder(lines: readonly { readonly text: string }[]): string[] {
  let highest = -1
  return lines.map(said).filter((text) => {
    const n = Number(text.split(' ').at(-1))
    const isLate = n < highest
    highest = Math.max(highest, n)
    return isLate
  })
}

function byAuthor<T extends { readonly author: string }>(lines: readonly T[]): Map<string, T[]> {
  const of = new Map<string, T[]>()
  for (const line of lines) {
    const own = of.get(line.author)
    if (own === undefined) of.set(line.author, [line])
    else own.push(line)
  }
  return of
}

function finding(what: string, cases: readonly string[]): Findings {
  return cases.length === 0 ? [] : [`${what}: ${cases.length}, such as ${cases[0] ?? ''}`]
}
