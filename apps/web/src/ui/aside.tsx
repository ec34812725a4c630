import type { Suggestion, Trend } from '@skein/client'
import { useApp } from '../state/app.js'
import { countOf } from '../text/counts.js'
import { hrefs } from '../text/routes.js'
import { aboutSuggestion } from '../text/suggestions.js'
import { PersonRow } from './person-row.js'
import { Sparkline } from './sparkline.js'
import { useLoad } from './use-load.js'

/** Beside the column on wide screens: what is talked about, and whom to follow. What fails to load is left out. */
export function Aside() {
  const { client, me, info, dialog } = useApp()
  const meId = me.value?.id
  const people = useLoad<Suggestion[]>(meId, async () =>
    meId === undefined ? [] : client.users.suggestions({ limit: 3 }),
  )
  return (
    <aside class="side" aria-label="More to read">
      <Trends limit={5} id="trends-h" />
      <People title="People to follow" id="who-h" people={people.value.value} about={aboutSuggestion} />
      <p class="facts">
        <a href="/docs" rel="external">
          API
        </a>
        {meId === undefined ? null : <a href="/settings">Settings</a>}
        <button class="link" type="button" onClick={() => (dialog.value = { kind: 'keys' })}>
          Keyboard
        </button>
        {info.value === null ? null : <span>Skein {info.value.version}</span>}
      </p>
    </aside>
  )
}

export interface PeopleProps {
  title: string
  id: string
  people: readonly Suggestion[] | null
  about: (suggestion: Suggestion) => string
  onFollow?: () => void
}

/** People one might follow, under a title; nothing while there are none. */
export function People({ title, id, people, about, onFollow }: PeopleProps) {
  if (people === null || people.length === 0) return null
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul role="list">
        {people.map((suggestion) => (
          <PersonRow
            key={suggestion.user.id}
            user={suggestion.user}
            about={about(suggestion)}
            following={false}
            onFollow={onFollow}
          />
        ))}
      </ul>
    </section>
  )
}

/** The tags most talked about; nothing while there are none. */
export function Trends({ limit, id }: { limit: number; id: string }) {
  const { client, me } = useApp()
  const trends = useLoad<Trend[]>(me.value?.id, () => client.trends({ limit })).value.value
  if (trends === null || trends.length === 0) return null
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
