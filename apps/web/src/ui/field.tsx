import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { Icon } from './icon.js'

export interface FieldProps {
  label: string
  value: Signal<string>
  type?: 'text' | 'password'
  autoComplete?: string
  maxLength?: number
  /** A handle: no capitals, no spelling. */
  code?: boolean
  lines?: boolean
  /** Gets the focus when its dialog opens. */
  first?: boolean
  hint?: ComponentChildren
  /** `bad` marks the field as wrong and the hint as the reason. */
  tone?: 'bad' | 'good' | undefined
  onInput?: () => void
}

export function Field(props: FieldProps) {
  const { label, value, type = 'text', autoComplete = 'off', maxLength, code = false, hint, tone } = props
  const id = useId()
  const shared = {
    class: 'input',
    id,
    value: value.value,
    ...(maxLength === undefined ? {} : { maxLength }),
    'data-first': props.first ? '' : undefined,
    ...(hint === undefined ? {} : { 'aria-describedby': `${id}-h` }),
    ...(tone === 'bad' ? { 'aria-invalid': true } : {}),
    onInput: (event: { currentTarget: { value: string } }) => {
      value.value = event.currentTarget.value
      props.onInput?.()
    },
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {props.lines ? (
        <textarea {...shared} rows={3} dir="auto" />
      ) : (
        <input
          {...shared}
          {...(type === 'password' ? { type } : { type })}
          autoComplete={autoComplete}
          {...(code ? ({ autocapitalize: 'none', spellcheck: false } as const) : {})}
          dir={code || type === 'password' ? 'ltr' : 'auto'}
        />
      )}
      {hint === undefined ? null : (
        <p class={tone === undefined ? 'hint' : tone === 'bad' ? 'hint is-over' : 'hint is-good'} id={`${id}-h`}>
          {tone === undefined ? null : <Icon name={tone === 'bad' ? 'alert' : 'check'} />}
          <span>{hint}</span>
        </p>
      )}
    </div>
  )
}

/** Why a form was refused; said at once. */
export function Refusal({ words, icon = 'alert' }: { words: ComponentChildren; icon?: string }) {
  if (words === null) return null
  return (
    <p class={icon === 'clock' ? 'hint' : 'hint is-over'} role="alert">
      <Icon name={icon} />
      <span>{words}</span>
    </p>
  )
}
