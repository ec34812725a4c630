import type { FeedItem, FeedView } from '@skein/client'
import { useMemo } from 'preact/hooks'
import { useApp } from '../state/app.js'
import { countOf } from '../text/counts.js'
import { Live } from '../ui/bar.js'
import { Brand } from '../ui/brand.js'
import { Empty } from '../ui/empty.js'
import { Floats } from '../ui/floats.js'
import { PostFeed } from '../ui/post-feed.js'
import { SignInForm } from './sign-in-form.js'
import { SignUpForm } from './sign-up-form.js'

/** Where one comes in: a form, and beside it what is being said right now. */
export function Door({ form, next }: { form: 'in' | 'up'; next: string | null }) {
  const app = useApp()
  const info = app.info.value
  const place = info?.name ?? location.hostname
  return (
    <main class="door" id="main" tabIndex={-1}>
      <div class="door__in">
        <Brand label="Skein" />
        <h1>See every post the moment it is written</h1>
        <p>
          Skein is a live timeline that your own server runs: the people you follow, in order, with nothing left out and
          nothing pushed in.
        </p>
        {form === 'in' ? <SignInForm next={next} /> : <SignUpForm next={next} />}
        {info === null ? null : (
          <p class="quiet">
            {place} is home to {countOf(info.people, 'person', 'people')}. You can{' '}
            <a href="/everyone">read what everyone posts</a> without an account.
          </p>
        )}
      </div>
      <RightNow place={place} />
      <Floats />
    </main>
  )
}

function RightNow({ place }: { place: string }) {
  const { feeds, client } = useApp()
  const handle = useMemo(
    () => feeds.open<FeedItem, FeedView>('public', () => client.view('public', { onGap: 'fill', autoShow: true })),
    [],
  )
  return (
    <section class="door__out" aria-labelledby="now-h">
      <header class="bar">
        <h2 id="now-h">Right now on {place}</h2>
        <div class="bar__end">
          <Live />
        </div>
      </header>
      <PostFeed
        handle={handle}
        labelledBy="now-h"
        autoShow
        quiet
        empty={
          <Empty title="It is quiet here" art>
            <p>Nobody has posted yet. The first words could be yours.</p>
          </Empty>
        }
      />
    </section>
  )
}
