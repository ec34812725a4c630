import type { FeedItem, FeedView, Profile, Relation, SkeinErrorShape } from '@skein/client'
import { useMemo } from 'preact/hooks'
import { useApp } from '../state/app.js'
import { hrefs } from '../text/routes.js'
import { firstName } from '../text/suggestions.js'
import { longDateWords } from '../text/times.js'
import { Back, Bar, Tabs } from '../ui/bar.js'
import { Empty, LoadFailed } from '../ui/empty.js'
import { PostFeed } from '../ui/post-feed.js'
import { ProfileHead } from '../ui/profile-head.js'
import { useLoad } from '../ui/use-load.js'
import { Btn } from '../ui/btn.js'

type Tab = 'posts' | 'replies'

/** A person and what they wrote. */
export function ProfileScreen({ handle, tab }: { handle: string; tab: Tab }) {
  const { me, client } = useApp()
  const loaded = useLoad<Profile>(`${handle} ${me.value?.id}`, (signal) => client.users.get(handle, { signal }))
  const shown = loaded.value.value
  const error = loaded.error.value
  const own = shown !== null && me.value?.id === shown.id ? me.value : null
  return (
    <>
      <Bar>
        <Back />
        <p class="bar__name">Profile</p>
      </Bar>
      {shown !== null || error === null ? null : <Unknown handle={handle} error={error} onRetry={loaded.reload} />}
      {shown === null ? null : (
        <>
          <ProfileHead
            profile={own === null ? shown : { ...shown, name: own.name, bio: own.bio }}
            onRelation={(viewer, by) => {
              const counts = { ...shown.counts, followers: shown.counts.followers + by }
              loaded.set({ ...shown, viewer, counts })
            }}
          />
          <Posts key={tab} profile={shown} tab={tab} relation={shown.viewer} isOwn={own !== null} />
        </>
      )}
    </>
  )
}

function Unknown({ handle, error, onRetry }: { handle: string; error: SkeinErrorShape; onRetry: () => void }) {
  if (error.code === 'not_found')
    return (
      <Empty title={`Nobody here is called @${handle}`} level={1}>
        <p>The name may be misspelt, or the account was closed.</p>
        <a class="btn btn--quiet" href="/search">
          Search for people
        </a>
      </Empty>
    )
  return <LoadFailed error={error} what="profile" onRetry={onRetry} />
}

interface PostsProps {
  profile: Profile
  tab: Tab
  relation: Relation | undefined
  isOwn: boolean
}

function Posts({ profile, tab, relation, isOwn }: PostsProps) {
  const name = firstName(profile.name)
  if (relation?.blocking)
    return (
      <Empty title={`You blocked ${name}`}>
        <p>You do not see each other’s posts. {name} is not told.</p>
      </Empty>
    )
  if (relation?.blockedBy)
    return (
      <Empty title={`${name} blocked you`}>
        <p>You do not see each other’s posts.</p>
      </Empty>
    )
  const { handle } = profile
  return (
    <>
      <Tabs
        label={`Posts by ${name}`}
        tabs={[
          { href: hrefs.profile(handle), label: 'Posts', current: tab === 'posts' },
          { href: hrefs.replies(handle), label: 'Replies', current: tab === 'replies' },
        ]}
      />
      <PersonFeed profile={profile} tab={tab} isOwn={isOwn} />
    </>
  )
}

function PersonFeed({ profile, tab, isOwn }: Omit<PostsProps, 'relation'>) {
  const { feeds, client } = useApp()
  const { handle } = profile
  const name = firstName(profile.name)
  const feed = useMemo(
    () =>
      feeds.open<FeedItem, FeedView>(`user:${handle}:${tab}`, () =>
        client.view(`user:${handle}`, { onGap: 'mark', replies: tab === 'posts' ? 'exclude' : 'only' }),
      ),
    [handle, tab],
  )
  return (
    <PostFeed
      handle={feed}
      label={tab === 'posts' ? `Posts by ${name}` : `Replies by ${name}`}
      autoShow
      empty={isOwn ? <OwnEmpty tab={tab} /> : <OthersEmpty name={name} tab={tab} />}
      end={
        <p class="mark mark--end">
          The beginning. {name} joined on {longDateWords(profile.createdAtMs)}.
        </p>
      }
    />
  )
}

function OwnEmpty({ tab }: { tab: Tab }) {
  const { composing } = useApp()
  if (tab === 'replies')
    return (
      <Empty title="You have not replied yet" art>
        <p>What you say to others stands here.</p>
      </Empty>
    )
  return (
    <Empty title="You have not posted yet" art>
      <p>What did you see on the way here? It does not have to be important.</p>
      <Btn onPress={() => composing.open('home')}>Write a post</Btn>
    </Empty>
  )
}

function OthersEmpty({ name, tab }: { name: string; tab: Tab }) {
  return (
    <Empty title={tab === 'posts' ? `${name} has not posted yet` : `${name} has not replied yet`} art>
      <p>When {name} does, it arrives here by itself.</p>
    </Empty>
  )
}
