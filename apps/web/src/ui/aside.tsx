import { useSignal, type Signal } from '@preact/signals'
import type { Suggestion, Trend } from '@skein/client'
import { useEffect } from 'preact/hooks'
import { useApp, type App } from '../state/app.js'
import { countOf } from '../text/counts.js'
import { hrefs } from '../text/routes.js'
import { aboutSuggestion } from '../text/suggestions.js'
import { PersonRow } from './person-row.js'
import { Sparkline } from './sparkline.js'

/** Beside the column on wide screens: what is talked about, and whom to follow. Loaded once a session. */
export function Aside() {
  const app = useApp()
  const trends = useSignal<readonly Trend[]>([])
  const people = useSignal<readonly Suggestion[]>([])
  const meId = app.me.value?.id
  useEffect(() => {
    fill(app, trends, () => app.client.trends({ limit: 5 }))
    if (meId === undefined) people.value = []
    else fill(app, people, () => app.client.users.suggestions({ limit: 3 }))
  }, [meId])
  return (
    <aside class="side" aria-label="More to read">
      {trends.value.length === 0 ? null : <Trends trends={trends.value} />}
      {people.value.length === 0 ? null : (
        <section class="panel" aria-labelledby="who-h">
          <h2 id="who-h">People to follow</h2>
          <ul role="list">
            {people.value.map((suggestion) => (
              <PersonRow
                key={suggestion.user.id}
                user={suggestion.user}
                about={aboutSuggestion(suggestion)}
                following={false}
              />
            ))}
          </ul>
        </section>
      )}
      <p class="facts">
        <a href="/docs" rel="external">
          API
        </a>
        {meId === undefined ? null : <a href="/settings">Settings</a>}
        <button class="link" type="button" onClick={() => (app.dialog.value = { kind: 'keys' })}>
          Keyboard
        </button>
        {app.info.value === null ? null : <span>Skein {app.info.value.version}</span>}
      </p>
    </aside>
  )
}

export function Trends({ trends, id = 'trends-h' }: { trends: readonly Trend[]; id?: string }) {
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id}>Talked about today</h2>
      <ul role="list">
        {trends.map(({ tag, posts, series }) => (
          <li key={tag}>
            <a class="trend" href={hrefs.tag(tag)}>
              <span>
                <b>
                  <bdi>#{tag}</bdi>
                </b>
                <span class="quiet num">{countOf(posts, 'post')}</span>
              </span>
              <Sparkline series={series} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What fails here is left out: it is beside the matter. */
function fill<T>(app: App, into: Signal<readonly T[]>, read: () => Promise<T[]>): void {
  read().then(
    (items) => {
      into.value = items
    },
    () => {
      if (app.connection.state.peek().status === 'live') into.value = []
    },
  )
}
