import { Component, type ComponentChildren } from 'preact'
import { firstLineInView, lineById } from '../state/place.js'

interface Props {
  /** Changes whenever the lines may have. */
  lines: unknown
  /** Asked after each change: the line, if it is there, to bring to the top and focus instead of staying in place. */
  takeFocus: () => string | null
  children: ComponentChildren
}
type Held = { id: string; top: number } | null

/**
 * Keeps what one reads where it is: measures the first line in view before the lines change and scrolls by as much as it
 * was moved. At the very top nothing is held, so that news is seen to arrive.
 */
export class Anchored extends Component<Props> {
  override getSnapshotBeforeUpdate(): Held {
    if (scrollY <= topPx) return null
    const line = firstLineInView()
    return line === null ? null : { id: line.dataset['id'] ?? '', top: line.getBoundingClientRect().top }
  }

  override componentDidUpdate(_props: Props, _state: object, held: Held): void {
    const wanted = this.props.takeFocus()
    const line = lineById(wanted ?? held?.id ?? '')
    if (line === null) return
    if (wanted !== null) return bringToTop(line)
    const moved = line.getBoundingClientRect().top - (held?.top ?? 0)
    if (Math.abs(moved) >= 1) scrollBy(0, moved)
  }

  override render(): ComponentChildren {
    return this.props.children
  }
}

/** Scrolled less than this is at the top. */
export const topPx = 8

function bringToTop(line: HTMLElement): void {
  const fromPageTop = line.getBoundingClientRect().top + scrollY
  if (fromPageTop < innerHeight / 2) scrollTo(0, 0)
  else line.scrollIntoView({ block: 'start' })
  line.focus({ preventScroll: true })
}
