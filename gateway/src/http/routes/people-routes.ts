import { api, passing, type CallOptions, type Services } from '../api-context.js'

/** Oneself, other people, and how one stands to them. */
export function peopleRoutes({ account, post }: Services) {
  const { me, users } = api
  const edges = account.edges

  async function getProfile(handle: Parameters<typeof account.users.get>[0]['handle'], options: CallOptions) {
    const profile = await account.users.get({ handle }, options)
    const { posts } = await post.posts.countBy({ userId: profile.id }, options)
    return { ...profile, counts: { ...profile.counts, posts } }
  }

  return {
    me: me.router({
      get: me.get.handler(({ input, ...call }) => account.me.get(input, passing(call))),
      update: me.update.handler(({ input, ...call }) => account.me.update(input, passing(call))),
      password: me.password.handler(({ input, ...call }) => account.me.changePassword(input, passing(call))),
    }),
    users: users.router({
      search: users.search.handler(({ input, ...call }) => account.users.search(input, passing(call))),
      get: users.get.handler(({ input, ...call }) => getProfile(input.handle, passing(call))),
      followers: users.followers.handler(({ input, ...call }) => account.users.followers(input, passing(call))),
      following: users.following.handler(({ input, ...call }) => account.users.following(input, passing(call))),
      suggestions: users.suggestions.handler(({ input, ...call }) => account.users.suggestions(input, passing(call))),
      follow: users.follow.router({
        on: users.follow.on.handler(({ input, ...call }) => edges.follow({ ...input, on: true }, passing(call))),
        off: users.follow.off.handler(({ input, ...call }) => edges.follow({ ...input, on: false }, passing(call))),
      }),
      block: users.block.router({
        on: users.block.on.handler(({ input, ...call }) => edges.block({ ...input, on: true }, passing(call))),
        off: users.block.off.handler(({ input, ...call }) => edges.block({ ...input, on: false }, passing(call))),
      }),
      mute: users.mute.router({
        on: users.mute.on.handler(({ input, ...call }) => edges.mute({ ...input, on: true }, passing(call))),
        off: users.mute.off.handler(({ input, ...call }) => edges.mute({ ...input, on: false }, passing(call))),
      }),
    }),
  }
}
