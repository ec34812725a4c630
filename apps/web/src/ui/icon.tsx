/** One of the sprite's icons; the sprite stands in index.html. Says nothing to a screen reader. */
export function Icon({ name, size }: { name: string; size?: 'sm' | 'lg' }) {
  return (
    <svg class={size === undefined ? 'icon' : `icon icon--${size}`} aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  )
}
