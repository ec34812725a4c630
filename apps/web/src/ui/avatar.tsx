import { swatchOf } from '../text/swatch.js'

/** The swatch of a handle. Decoration: the name always stands beside it. */
export function Avatar({ handle, size }: { handle: string; size?: 'xs' | 'sm' | 'xl' }) {
  const { hue, weave } = swatchOf(handle)
  const sized = size === undefined ? '' : ` avatar--${size}`
  return <span class={`avatar${sized} weave-${weave}`} style={{ '--h': String(hue) }} />
}
