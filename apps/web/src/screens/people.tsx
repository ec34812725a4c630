import type { PersonItem } from '@skein/client'
import { useApp } from '../state/app.js'
import { hrefs } from '../text/routes.js'
import { Back, Bar, Tabs } from '../ui/bar.js'
import { Empty } from '../ui/empty.js'
import { PageListView, usePageList } from '../ui/page-list.js'
import { PersonRow } from '../ui/person-row.js'

/** Who follows somebody, or whom they follow. */
export function PeopleScreen({ handle, which }: { handle: string; which: 'followers' | 'following' }) {
  return (
    <>
      <Bar>
        <Back />
        <h1 class="bar__title" id="people-h">
          <bdi>@{handle}</bdi>
        </h1>
        <Tabs
          label="Which people"
          tabs={[
            { href: hrefs.people(handle, 'followers'), label: 'Followers', current: which === 'followers' },
            { href: hrefs.people(handle, 'following'), label: 'Following', current: which === 'following' },
          ]}
        />
      </Bar>
      <People key={which} handle={handle} which={which} />
    </>
  )
}

function People({ handle, which }: { handle: string; which: 'followers' | 'following' }) {
  const { client } = useApp()
  const list = usePageList(`${which}:${handle}`, (before, signal) =>
    client.users[which](handle, { limit: 50, signal, ...(before === undefined ? {} : { before }) }),
  )
  const empty =
    which === 'followers' ? (
      <Empty title="No followers yet" art>
        <p>Whoever follows @{handle} shows up here.</p>
      </Empty>
    ) : (
      <Empty title="Following nobody yet" art>
        <p>Whomever @{handle} follows shows up here.</p>
      </Empty>
    )
  return (
    <PageListView
      list={list}
      what="people"
      empty={empty}
      failed={({ code }) => (code === 'not_found' ? <Nobody handle={handle} /> : null)}
    >
      {(items) => (
        <section class="panel panel--list" aria-label={which === 'followers' ? 'Followers' : 'Following'}>
          <ul role="list">{items.map(personRow)}</ul>
        </section>
      )}
    </PageListView>
  )
}

function Nobody({ handle }: { handle: string }) {
  return (
    <Empty title={`Nobody here is called @${handle}`}>
      <p>The name may be misspelt, or the account was closed.</p>
    </Empty>
  )
}

export function personRow({ id, user, viewer }: PersonItem) {
  return <PersonRow key={id} user={user} about={user.bio} following={viewer?.following ?? false} />
}
