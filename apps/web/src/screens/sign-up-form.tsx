import { useSignal } from '@preact/signals'
import type { SkeinErrorShape } from '@skein/client'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { useApp, type App } from '../state/app.js'
import { errorShape } from '../state/errors.js'
import { Field, Refusal } from '../ui/field.js'
import { refusalText, useForm, type FormState } from './use-form.js'
import { Btn } from '../ui/btn.js'
import { Form } from '../ui/form.js'

const handleShape = /^[a-z0-9_]{2,24}$/
const passwordMinChars = 10
const nameMaxChars = 50

type HandleHint = { tone: 'bad' | 'good' | undefined; words: ComponentChildren }

export function SignUpForm({ next }: { next: string | null }) {
  const app = useApp()
  const name = useSignal('')
  const handle = useSignal('')
  const password = useSignal('')
  const form = useForm()
  const isFree = useFreeHandle(app, handle.value)
  const take = (suggested: string) => {
    handle.value = suggested
    form.forget()
  }
  const submit = () => {
    const input = { name: name.value.trim(), handle: handle.value, password: password.value }
    if (input.name === '' || !handleShape.test(input.handle) || input.password.length < passwordMinChars) return
    form.submit(
      () => app.client.auth.signUp(input),
      () => app.router.navigate(next ?? '/', { replace: true }),
    )
  }
  const hint = handleHint(form.refusal.value, handle.value, isFree, take)
  const isReady =
    name.value.trim() !== '' && handleShape.test(handle.value) && password.value.length >= passwordMinChars
  return (
    <Form label="Create an account" onSubmit={submit}>
      <Refusal words={generalRefusal(form)} />
      <Field
        label="Name"
        value={name}
        autoComplete="name"
        maxLength={nameMaxChars}
        hint="What people see. You can change it later."
      />
      <Field
        label="Handle"
        value={handle}
        autoComplete="username"
        code
        maxLength={24}
        onInput={() => {
          handle.value = handle.value.trim().replace(/^@/, '').toLowerCase()
          form.forget()
        }}
        hint={hint.words}
        tone={hint.tone}
      />
      <Field
        label="Password"
        value={password}
        type="password"
        autoComplete="new-password"
        hint="10 characters or more. A short sentence is good."
      />
      <Btn submit disabled={!isReady || form.isBusy.value || form.waitS.value > 0}>
        {form.isBusy.value ? 'Creating your account' : 'Create account'}
      </Btn>
      <p class="quiet">
        Been here before? <a href={next === null ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`}>Sign in</a>
      </p>
    </Form>
  )
}

function generalRefusal({ refusal, waitS }: FormState): string | null {
  if (waitS.value > 0) return `Too many tries. You can try again in ${waitS.value} s.`
  const error = refusal.value
  if (error === null || error.code === 'handle_taken') return null
  return error.fields?.['name'] ?? error.fields?.['password'] ?? refusalText(error)
}

function handleHint(
  refusal: SkeinErrorShape | null,
  handle: string,
  isFree: boolean | null,
  take: (handle: string) => void,
): HandleHint {
  if (refusal?.code === 'handle_taken' || isFree === false) {
    const suggested = (refusal?.fields?.['handle'] ?? '').split(', ').filter((word) => handleShape.test(word))
    return { tone: 'bad', words: <Taken handle={handle} suggested={suggested.slice(0, 2)} take={take} /> }
  }
  if (handle.length > 1 && !handleShape.test(handle))
    return { tone: 'bad', words: 'Only a to z, 0 to 9 and _, and 2 to 24 of them.' }
  if (isFree === true) return { tone: 'good', words: `@${handle} is free` }
  return { tone: undefined, words: 'How people mention you. It stays as it is.' }
}

function Taken({ handle, suggested, take }: { handle: string; suggested: string[]; take: (handle: string) => void }) {
  return (
    <>
      @{handle} is taken.
      {suggested.length === 0 ? ' Try another.' : ' Try '}
      {suggested.map((word, i) => (
        <span key={word}>
          {i > 0 ? ' or ' : ''}
          <button class="link" type="button" onClick={() => take(word)}>
            @{word}
          </button>
        </span>
      ))}
      {suggested.length === 0 ? '' : '.'}
    </>
  )
}

const askAfterMs = 350

/** Whether nobody has this handle; null while that is not known. */
function useFreeHandle(app: App, handle: string): boolean | null {
  const answer = useSignal<{ handle: string; isFree: boolean } | null>(null)
  useEffect(() => {
    if (!handleShape.test(handle)) return
    const asking = new AbortController()
    const timer = setTimeout(() => {
      const know = (isFree: boolean) => {
        answer.value = { handle, isFree }
      }
      app.client.users.get(handle, { signal: asking.signal }).then(
        () => know(false),
        (thrown: unknown) => {
          if (errorShape(thrown).code === 'not_found') know(true)
        },
      )
    }, askAfterMs)
    return () => {
      clearTimeout(timer)
      asking.abort()
    }
  }, [handle])
  return answer.value?.handle === handle ? answer.value.isFree : null
}
