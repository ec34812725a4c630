import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { useApp } from '../state/app.js'
import type { DraftTarget } from '../state/drafts.js'
import { must } from '../state/must.js'
import { roomOf } from '../text/graphemes.js'
import { Avatar } from './avatar.js'
import { Icon } from './icon.js'

export interface ComposerProps {
  target: DraftTarget
  /** The form's name. */
  label: string
  /** The field's name. */
  fieldLabel: string
  placeholder: string
  send: { label: string; icon: string }
  /** What the field holds when there is no draft. */
  initial?: string
  autoFocus?: boolean
  /** Takes the words over for good: the draft is forgotten. A promise keeps the field until it is fulfilled. */
  onSend: (text: string) => void | Promise<unknown>
}

const defaultLimit = 1_000
const canFit = typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content')

/** Where posts are written. Each change is kept as a draft; offline it still sends: the post waits. */
export function Composer({
  target,
  label,
  fieldLabel,
  placeholder,
  send,
  initial = '',
  autoFocus = false,
  onSend,
}: ComposerProps) {
  const app = useApp()
  const account = must(app.me.value, 'only the signed in write').id
  const ids = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const stored = () => app.drafts.read(account, target)
  const text = useSignal(stored() || initial)
  const isBusy = useSignal(false)
  const limit = app.info.value?.postMaxGraphemes ?? defaultLimit
  const room = useComputed(() => roomOf(text.value, limit))
  const canSend = room.value.canPost && text.value !== initial && !isBusy.value

  const write = (words: string) => {
    text.value = words
    app.drafts.write(account, target, words === initial ? '' : words)
  }
  const submit = () => {
    if (!canSend) return
    const words = text.value.trim()
    const done = onSend(words)
    const finish = () => {
      app.drafts.write(account, target, '')
      text.value = initial === '' ? '' : words
    }
    if (done === undefined) return finish()
    isBusy.value = true
    const settled = done.then(finish).finally(() => {
      isBusy.value = false
    })
    app.attempt(settled)
  }
  useFocus(field, target, autoFocus, () => {
    text.value = stored() || initial
  })
  useFit(field, text.value)

  const tone = room.value.tone === 'plain' ? '' : ` is-${room.value.tone}`
  return (
    <form
      class={`composer${tone}`}
      id={target === 'home' ? 'compose' : undefined}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Avatar handle={must(app.me.value, 'checked above').handle} />
      <label class="vh" for={`${ids}-say`}>
        {fieldLabel}
      </label>
      <textarea
        class="composer__box"
        id={`${ids}-say`}
        rows={1}
        dir="auto"
        placeholder={placeholder}
        aria-describedby={`${ids}-left`}
        ref={field}
        value={text.value}
        data-first={autoFocus ? '' : undefined}
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
        }}
      />
      <div class="composer__end">
        <span id={`${ids}-left`} role="status">
          {room.value.words}
        </span>
        <button class="btn composer__send" type="submit" aria-disabled={!canSend}>
          <Icon name={send.icon} />
          <span>{send.label}</span>
        </button>
      </div>
      <i class="composer__left" style={{ '--left': String(room.value.left) }} />
    </form>
  )
}

function useFocus(
  field: { current: HTMLTextAreaElement | null },
  target: DraftTarget,
  autoFocus: boolean,
  refresh: () => void,
): void {
  const { composing } = useApp()
  useEffect(() => {
    const focus = () => {
      refresh()
      field.current?.focus()
      field.current?.setSelectionRange(field.current.value.length, field.current.value.length)
      field.current?.scrollIntoView({ block: 'nearest' })
    }
    if (autoFocus) focus()
    return composing.join(target, focus)
  }, [target])
}

/** Grows the field with its words where the browser does not do so by itself. */
function useFit(field: { current: HTMLTextAreaElement | null }, text: string): void {
  useLayoutEffect(() => {
    const box = field.current
    if (canFit || box === null) return
    box.style.height = 'auto'
    box.style.height = `${box.scrollHeight}px`
  }, [text])
}
