import type { SessionInfo } from '@skein/client'
import { useApp } from '../state/app.js'
import type { Theme } from '../state/theme.js'
import { deviceWords } from '../text/devices.js'
import { Back, Bar } from '../ui/bar.js'
import { LoadFailed } from '../ui/empty.js'
import { TimeAt } from '../ui/time-at.js'
import { useLoad } from '../ui/use-load.js'
import { PasswordForm } from './password-form.js'
import { Btn } from '../ui/btn.js'

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
          <Btn
            look="quiet"
            onPress={() => {
              app.dialog.value = { kind: 'profile', me }
            }}
          >
            Edit profile
          </Btn>
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
  const sessions = useLoad<SessionInfo[]>('sessions', () => app.client.auth.sessions())
  const end = (id: string) => {
    const ended = app.client.auth.endSession(id).then(() => {
      sessions.set(sessions.value.value?.filter((session) => session.id !== id) ?? [])
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
  const error = sessions.error.value
  if (error !== null) return <LoadFailed error={error} what="sessions" onRetry={sessions.reload} />
  return (
    <>
      <ul class="sessions" role="list">
        {sessions.value.value?.map((session) => (
          <SessionRow key={session.id} session={session} onEnd={() => end(session.id)} />
        ))}
      </ul>
      <div class="row">
        <Btn look="quiet" onPress={() => app.attempt(app.client.auth.signOut())}>
          Sign out
        </Btn>
        <Btn look="plain" onPress={everywhere}>
          Sign out everywhere
        </Btn>
      </div>
    </>
  )
}

function SessionRow({ session, onEnd }: { session: SessionInfo; onEnd: () => void }) {
  const name = deviceWords(session.client)
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
        <Btn look="small quiet" onPress={onEnd}>
          Sign out<span class="vh"> {name}</span>
        </Btn>
      )}
    </li>
  )
}
