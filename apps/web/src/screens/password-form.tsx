import { useSignal } from '@preact/signals'
import { useApp } from '../state/app.js'
import { Field, Refusal } from '../ui/field.js'
import { refusalText, useForm } from './use-form.js'
import { Btn } from '../ui/btn.js'
import { Form } from '../ui/form.js'

const passwordMinChars = 10

/** Changing the password ends every other session. */
export function PasswordForm() {
  const { client, toasts, me } = useApp()
  const current = useSignal('')
  const next = useSignal('')
  const form = useForm()
  const isReady = current.value !== '' && next.value.length >= passwordMinChars
  const submit = () => {
    if (!isReady) return
    form.submit(
      () => client.auth.changePassword({ current: current.value, next: next.value }),
      () => {
        current.value = ''
        next.value = ''
        toasts.show({ icon: 'check', text: 'Your password is changed. Other devices are signed out' })
      },
    )
  }
  const refusal = form.refusal.value
  const isWrong = refusal?.code === 'wrong_credentials'
  return (
    <Form label="Change your password" look="form" onSubmit={submit}>
      <input
        class="vh"
        type="text"
        autoComplete="username"
        value={me.value?.handle ?? ''}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <Refusal words={refusal === null || isWrong ? null : refusalText(refusal)} />
      <Field
        label="The password you have"
        value={current}
        type="password"
        autoComplete="current-password"
        onInput={form.forget}
        {...(isWrong ? { hint: 'That is not your password. Check it and try again.', tone: 'bad' as const } : {})}
      />
      <Field
        label="A new password"
        value={next}
        type="password"
        autoComplete="new-password"
        onInput={form.forget}
        hint="10 characters or more. A short sentence is good."
      />
      <div class="row">
        <Btn submit disabled={!isReady || form.isBusy.value}>
          {form.isBusy.value ? 'Changing' : 'Change password'}
        </Btn>
      </div>
    </Form>
  )
}
