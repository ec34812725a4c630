/** Where a reader is on a page: which line is at the top and how far from it, and what has the focus. */
export interface Place {
  y: number
  lineId: string | null
  /** From the top of the window to the line's top, in px. */
  offset: number
  focusId: string | null
}

/** The first line whose end is below the sticky bar; null when there is none. */
export function firstLineInView(root: ParentNode = document): HTMLElement | null {
  const barPx = document.querySelector('.bar')?.getBoundingClientRect().bottom ?? 0
  for (const line of root.querySelectorAll<HTMLElement>('[data-id]')) {
    if (line.getBoundingClientRect().bottom > Math.max(0, barPx)) return line
  }
  return null
}

export function lineById(id: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`main [data-id="${CSS.escape(id)}"]`)
}

export function measurePlace(): Place {
  const line = firstLineInView()
  return {
    y: Math.round(scrollY),
    lineId: line?.dataset['id'] ?? null,
    offset: line?.getBoundingClientRect().top ?? 0,
    focusId: document.activeElement?.closest<HTMLElement>('[data-id]')?.dataset['id'] ?? null,
  }
}

/** Goes to a place. False while its line, or enough height, is not there yet. */
export function findPlace({ y, lineId, offset, focusId }: Place): boolean {
  const line = lineId === null ? null : lineById(lineId)
  if (line !== null && y > 0) scrollBy(0, line.getBoundingClientRect().top - offset)
  else if (document.documentElement.scrollHeight - innerHeight >= y) scrollTo(0, y)
  else return false
  const focused = focusId === null ? null : lineById(focusId)
  focused?.focus({ preventScroll: true })
  return true
}

/** Reads what `kept` holds; anything odd is an empty map. */
export function parsePlaces(json: string | null): Map<string, Place> {
  try {
    const value: unknown = JSON.parse(json ?? '[]')
    return new Map<string, Place>(Array.isArray(value) ? (value as [string, Place][]) : [])
  } catch {
    return new Map()
  }
}
