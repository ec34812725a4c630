import type { ComponentChildren } from 'preact'

export interface BtnProps {
  /** Kinds of the button component, for example `small quiet`; none is the one solid button of a view. */
  look?: string
  onPress?: () => void
  submit?: boolean
  disabled?: boolean
  /** Gets the focus when its dialog opens. */
  first?: boolean
  children: ComponentChildren
}

/** A button. Disabled ones stay reachable and say so; pressing them does nothing. */
export function Btn({ look = '', onPress, submit = false, disabled, first = false, children }: BtnProps) {
  const kinds = look.split(' ').map((kind) => kind && ` btn--${kind}`)
  return (
    <button
      class={`btn${kinds.join('')}`}
      type={submit ? 'submit' : 'button'}
      aria-disabled={disabled}
      data-first={first ? '' : undefined}
      onClick={() => {
        if (!disabled) onPress?.()
      }}
    >
      {children}
    </button>
  )
}
