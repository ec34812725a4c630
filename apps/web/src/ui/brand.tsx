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
      <svg
        class="brand__word"
        viewBox="0 -1 112 46"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        stroke-width="4.2"
        stroke-linecap="round"
        stroke-linejoin="round"
      >
        <path d="M21 23.5C19.5 21 17 20 14 20c-4 0-6.7 2-6.7 5 0 6.5 14.7 3.5 14.7 10 0 3-3 5-7 5-3.5 0-6.5-1.2-8-3.7M31 4v36M45.5 20 31 32M37 27l10 13M54.5 30H73c0-6-3.8-10-9-10-5.5 0-9.5 4.5-9.5 10 0 6 4 10 10 10 3.5 0 6.3-1.4 8-4M83 20.5V40M94 40V20.5M94 29c0-5.5 3.5-9 8-9 5 0 8 3 8 8.5V40" />
        <path stroke="var(--spark)" d="M81.5 11.4l3.4-1.4" />
      </svg>
    </a>
  )
}
