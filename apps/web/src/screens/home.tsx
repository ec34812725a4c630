import type { FeedItem, FeedView, Suggestion } from '@skein/client'
import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { useApp } from '../state/app.js'
import { must } from '../state/must.js'
import { firstName } from '../text/suggestions.js'
import { Bar, BarBrand, Tabs } from '../ui/bar.js'
import { Composer } from '../ui/composer.js'
import { Empty } from '../ui/empty.js'
import { People } from '../ui/aside.js'
import { PostFeed } from '../ui/post-feed.js'
import { useLoad } from '../ui/use-load.js'

/** The reader's own timeline, or everyone's. Readers without an account see everyone's. */
export function Home({ which }: { which: 'home' | 'everyone' }) {
  const { me } = useApp()
  return (
    <>
      <Bar>
        <BarBrand />
        <h1 class={me.value === null ? undefined : 'bar__title'} id="home-h">
          {me.value === null ? 'Everyone' : 'Home'}
        </h1>
        {me.value === null ? null : (
          <Tabs
            label="Which posts"
            tabs={[
              { href: '/', label: 'Following', current: which === 'home' },
              { href: '/everyone', label: 'Everyone', current: which === 'everyone' },
            ]}
          />
        )}
      </Bar>
      {me.value === null ? null : <HomeComposer />}
      <HomeFeed key={which} which={which} />
    </>
  )
}

function HomeComposer() {
  const app = useApp()
  const account = must(app.me.value, 'shown to the signed in').id
  return (
    <Composer
      target="home"
      label="Write a post"
      fieldLabel="Your post"
      placeholder="Seen anything today?"
      send={{ label: 'Post', icon: 'needle' }}
      onSend={(text) => app.outbox.send(account, { text })}
    />
  )
}

function HomeFeed({ which }: { which: 'home' | 'everyone' }) {
  const { feeds, client, leftOff, me } = useApp()
  const account = me.value?.id
  /** Following somebody from the welcome must not sweep the others away. */
  const isHeld = useSignal(false)
  const handle = useMemo(() => {
    const feed = which === 'home' ? 'home' : 'public'
    const left = account === undefined ? null : leftOff.read(account, feed)
    return feeds.open<FeedItem, FeedView>(feed, () => client.view(feed, { onGap: 'mark' }), left)
  }, [which, account])
  return (
    <PostFeed
      handle={handle}
      labelledBy="home-h"
      autoShow
      remembers
      held={isHeld}
      empty={
        which === 'home' && account !== undefined ? <Welcome onFollow={() => (isHeld.value = true)} /> : <NobodyYet />
      }
      end={<p class="mark mark--end">The beginning. There is nothing before this.</p>}
    />
  )
}

function NobodyYet() {
  return (
    <Empty title="It is quiet here" art>
      <p>Nobody has posted yet. The first words could be yours.</p>
    </Empty>
  )
}

const suggestedPeople = 6

/** For someone who follows nobody yet. */
function Welcome({ onFollow }: { onFollow: () => void }) {
  const { client, me } = useApp()
  const people = useLoad<Suggestion[]>(me.value?.id, () => client.users.suggestions({ limit: suggestedPeople }))
  return (
    <>
      <Empty title={`Welcome, ${firstName(me.value?.name ?? '')}. It is quiet here`} art>
        <p>Follow a few people and their posts arrive by themselves, newest first. That is all there is to it.</p>
        <a class="btn btn--quiet" href="/everyone">
          See what everyone is posting
        </a>
      </Empty>
      <People
        title="People others here like to read"
        id="start-h"
        people={people.value.value}
        about={({ user }) => user.bio}
        onFollow={onFollow}
      />
    </>
  )
}
