import type { ComponentChildren } from 'preact'

/** A form that never leaves the page. */
export function Form({
  label,
  look,
  onSubmit,
  children,
}: {
  label: string
  look?: string
  onSubmit: () => void
  children: ComponentChildren
}) {
  return (
    <form
      class={look}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
    </form>
  )
}
