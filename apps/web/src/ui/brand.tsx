export function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <use href="#mark" />
    </svg>
  )
}

/** The mark and, where there is room, the word. */
export function Brand({ label = 'Skein, home' }: { label?: string }) {
  return (
    <a class="brand" href="/" aria-label={label}>
      <Mark />
      <svg class="brand__word" viewBox="0 -1 112 46" aria-hidden="true">
        <use href="#word" />
      </svg>
    </a>
  )
}
