import { useSignal } from '@preact/signals'
import type { SessionInfo } from '@skein/client'
import { useEffect } from 'preact/hooks'
import { useApp } from '../state/app.js'
import type { Theme } from '../state/theme.js'
import { Back, Bar } from '../ui/bar.js'
import { LoadFailed } from '../ui/empty.js'
import { errorShape } from '../state/errors.js'
import type { SkeinErrorShape } from '@skein/client'
import { TimeAt } from '../ui/time-at.js'
import { PasswordForm } from './password-form.js'

export function Settings() {
  const app = useApp()
  const me = app.me.value
  if (me === null) return null
  return (
    <>
      <Bar>
        <Back />
        <h1>Settings</h1>
      </Bar>
      <div class="settings">
        <section aria-labelledby="look-h">
          <h2 id="look-h">Appearance</h2>
          <ThemeChoice />
        </section>
        <section aria-labelledby="you-h">
          <h2 id="you-h">Profile</h2>
          <p class="quiet">
            You are <bdi>{me.name}</bdi>, <bdi>@{me.handle}</bdi>. The handle stays as it is.
          </p>
          <button
            class="btn btn--quiet"
            type="button"
            onClick={() => {
              app.dialog.value = { kind: 'profile', me }
            }}
          >
            Edit profile
          </button>
        </section>
        <section aria-labelledby="pass-h">
          <h2 id="pass-h">Password</h2>
          <PasswordForm />
        </section>
        <section aria-labelledby="sessions-h">
          <h2 id="sessions-h">Where you are signed in</h2>
          <Sessions />
        </section>
      </div>
    </>
  )
}

const themes: readonly [Theme, string, string][] = [
  ['system', 'System', 'As this device is set'],
  ['light', 'Light', 'Mist by day'],
  ['dark', 'Dark', 'Night flight'],
]

function ThemeChoice() {
  const { theme } = useApp()
  return (
    <fieldset class="choices">
      <legend class="vh">Theme</legend>
      {themes.map(([value, label, about]) => (
        <label key={value} class="choice">
          <input
            type="radio"
            name="theme"
            value={value}
            checked={theme.value === value}
            onChange={() => {
              theme.value = value
            }}
          />
          <span>
            <b>{label}</b>
            <span class="quiet">{about}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

function Sessions() {
  const app = useApp()
  const sessions = useSignal<readonly SessionInfo[] | null>(null)
  const error = useSignal<SkeinErrorShape | null>(null)
  const load = () => {
    app.client.auth.sessions().then(
      (found) => {
        sessions.value = found
        error.value = null
      },
      (thrown: unknown) => {
        error.value = errorShape(thrown)
      },
    )
  }
  useEffect(load, [])
  const end = (id: string) => {
    const ended = app.client.auth.endSession(id).then(() => {
      sessions.value = sessions.value?.filter((session) => session.id !== id) ?? null
      app.toasts.show({ icon: 'check', text: 'Signed out there' })
    })
    app.attempt(ended)
  }
  const everywhere = () => {
    app.dialog.value = {
      kind: 'confirm',
      title: 'Sign out everywhere?',
      text: 'Every device is signed out within two seconds, this one too. Your drafts stay on this device.',
      action: 'Sign out everywhere',
      run: () => app.client.auth.signOutEverywhere(),
    }
  }
  if (error.value !== null) return <LoadFailed error={error.value} what="sessions" onRetry={load} />
  return (
    <>
      <ul class="sessions" role="list">
        {sessions.value?.map((session) => (
          <SessionRow key={session.id} session={session} onEnd={() => end(session.id)} />
        ))}
      </ul>
      <div class="row">
        <button class="btn btn--quiet" type="button" onClick={() => app.attempt(app.client.auth.signOut())}>
          Sign out
        </button>
        <button class="btn btn--plain" type="button" onClick={everywhere}>
          Sign out everywhere
        </button>
      </div>
    </>
  )
}

function SessionRow({ session, onEnd }: { session: SessionInfo; onEnd: () => void }) {
  const name = session.client === '' ? 'Unknown device' : session.client
  return (
    <li class="session">
      <div>
        <b dir="auto">{name}</b>
        <p class="quiet">
          {session.current ? 'This one. ' : ''}Signed in <TimeAt atMs={session.createdAtMs} inSentence />, last used{' '}
          <TimeAt atMs={session.lastUsedAtMs} inSentence />
        </p>
      </div>
      {session.current ? null : (
        <button class="btn btn--small btn--quiet" type="button" onClick={onEnd}>
          Sign out<span class="vh"> {name}</span>
        </button>
      )}
    </li>
  )
}
