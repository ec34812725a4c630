import { useSignal } from '@preact/signals'
import { useApp } from '../state/app.js'
import { Field, Refusal } from '../ui/field.js'
import { refusalText, useForm } from './use-form.js'
import { Btn } from '../ui/btn.js'
import { Form } from '../ui/form.js'

export function SignInForm({ next }: { next: string | null }) {
  const app = useApp()
  const handle = useSignal('')
  const password = useSignal('')
  const form = useForm()
  const submit = () => {
    const input = { handle: handle.value.trim().replace(/^@/, '').toLowerCase(), password: password.value }
    if (input.handle === '' || input.password === '') return
    form.submit(
      () => app.client.auth.signIn(input),
      () => app.router.navigate(next ?? '/', { replace: true }),
    )
  }
  const isHeld = form.isBusy.value || form.waitS.value > 0
  return (
    <Form label="Sign in" onSubmit={submit}>
      {app.signedOutBecause.value === null || form.refusal.value !== null ? null : (
        <Refusal icon="clock" words="You were signed out. Sign in to go on; your drafts are kept." />
      )}
      {form.waitS.value > 0 ? (
        <Refusal
          icon="clock"
          words={
            <>
              Too many tries. You can try again in <span class="num">{form.waitS.value} s</span>.
            </>
          }
        />
      ) : (
        <Refusal words={form.refusal.value === null ? null : refusalText(form.refusal.value)} />
      )}
      <Field label="Handle" value={handle} autoComplete="username" code maxLength={100} onInput={form.forget} />
      <Field label="Password" value={password} type="password" autoComplete="current-password" onInput={form.forget} />
      <Btn submit disabled={isHeld}>
        {form.isBusy.value ? 'Signing in' : 'Sign in'}
      </Btn>
      <p class="quiet">
        New here?{' '}
        <a href={next === null ? '/sign-up' : `/sign-up?next=${encodeURIComponent(next)}`}>Create an account</a>
      </p>
    </Form>
  )
}
