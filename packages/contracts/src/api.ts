import { z } from 'zod'
import { EntryId, Handle, PostId, SessionId, Tag } from './ids.js'
import { limits } from './limits.js'
import {
  FeedPage,
  Me,
  NotificationPage,
  PageInput,
  PeoplePage,
  PersonItem,
  Post,
  PostRevision,
  Profile,
  Relation,
  SessionInfo,
  SessionTokens,
  Suggestion,
  ThreadPage,
  Trend,
} from './models.js'
import { PasswordChange, ProfileChange, RefreshTokenInput, SignInInput, SignUpInput } from './rpc-account.js'
import { CreatePostInput } from './rpc-post.js'
import { ReplyFilter } from './rpc-timeline.js'
import { safe, write } from './rpc.js'

const Signed = z.object({ me: Me, tokens: SessionTokens })
const done = z.object({ done: z.literal(true) })
const byHandle = z.strictObject({ handle: Handle })
const byId = z.strictObject({ id: PostId })
const none = z.strictObject({})

function get<P extends `/${string}`>(path: P, summary: string) {
  return safe.route({ method: 'GET', path, summary })
}
function put<P extends `/${string}`>(path: P, summary: string) {
  return safe.route({ method: 'PUT', path, summary })
}
function remove<P extends `/${string}`>(path: P, summary: string) {
  return safe.route({ method: 'DELETE', path, summary })
}
function post<P extends `/${string}`>(path: P, summary: string) {
  return write.route({ method: 'POST', path, summary, successStatus: 201 })
}

function relation(kind: 'follow' | 'block' | 'mute') {
  return {
    on: put(`/users/{handle}/${kind}`, `${kind} a person`).input(byHandle).output(Relation),
    off: remove(`/users/{handle}/${kind}`, `un${kind} a person`).input(byHandle).output(Relation),
  }
}
function mark(kind: 'like' | 'repost' | 'bookmark') {
  return {
    on: put(`/posts/{id}/${kind}`, `${kind} a post`).input(byId).output(Post),
    off: remove(`/posts/{id}/${kind}`, `undo a ${kind}`).input(byId).output(Post),
  }
}

/** What one needs to know of a server before signing in. */
export const ServerInfo = z.object({
  name: z.string(),
  version: z.string(),
  wireVersion: z.int(),
  people: z.int(),
  postMaxGraphemes: z.int(),
  signUpOpen: z.boolean(),
})
export type ServerInfo = z.infer<typeof ServerInfo>

/** The public HTTP API, under `/v1`. Bearer access token in `Authorization`; `Idempotency-Key` on POST /posts. */
export const apiContract = {
  info: get('/info', 'About this server').input(none).output(ServerInfo),
  accounts: { create: post('/accounts', 'Sign up').input(SignUpInput).output(Signed) },
  sessions: {
    create: post('/sessions', 'Sign in').input(SignInInput).output(Signed),
    refresh: post('/sessions/refresh', 'A new access token for a refresh token')
      .input(RefreshTokenInput)
      .output(Signed),
    list: get('/sessions', 'My sessions')
      .input(none)
      .output(z.object({ items: z.array(SessionInfo) })),
    endAll: remove('/sessions', 'Sign out everywhere')
      .input(none)
      .output(z.object({ ended: z.int() })),
    end: remove('/sessions/{id}', 'Sign out one session, or `current`')
      .input(z.strictObject({ id: z.union([SessionId, z.literal('current')]) }))
      .output(done),
  },
  me: {
    get: get('/me', 'Who I am').input(none).output(Me),
    update: safe.route({ method: 'PATCH', path: '/me', summary: 'Change my profile' }).input(ProfileChange).output(Me),
    password: put('/me/password', 'Change my password; ends my other sessions').input(PasswordChange).output(done),
  },
  users: {
    search: get('/users', 'People by handle prefix')
      .input(z.strictObject({ prefix: z.string().max(24), limit: z.int().min(1).max(50).default(10) }))
      .output(z.object({ items: z.array(PersonItem) })),
    get: get('/users/{handle}', 'A profile').input(byHandle).output(Profile),
    followers: get('/users/{handle}/followers', 'Who follows a person')
      .input(PageInput.extend({ handle: Handle }))
      .output(PeoplePage),
    following: get('/users/{handle}/following', 'Whom a person follows')
      .input(PageInput.extend({ handle: Handle }))
      .output(PeoplePage),
    follow: relation('follow'),
    block: relation('block'),
    mute: relation('mute'),
    suggestions: get('/suggestions', 'People to follow')
      .input(z.strictObject({ limit: z.int().min(1).max(20).default(5) }))
      .output(z.object({ items: z.array(Suggestion) })),
  },
  posts: {
    create: post('/posts', 'Post, reply or quote').input(CreatePostInput).output(Post),
    list: get('/posts', 'Several posts by id, comma separated')
      .input(z.strictObject({ ids: z.string().max(limits.batchMaxIds * 27) }))
      .output(z.object({ items: z.array(Post) })),
    get: get('/posts/{id}', 'A post').input(byId).output(Post),
    edit: safe
      .route({ method: 'PATCH', path: '/posts/{id}', summary: 'Change the text' })
      .input(byId.extend({ text: z.string().max(limits.postMaxChars) }))
      .output(Post),
    delete: remove('/posts/{id}', 'Delete a post').input(byId).output(done),
    history: get('/posts/{id}/history', 'What a post said before')
      .input(byId)
      .output(z.object({ items: z.array(PostRevision) })),
    like: mark('like'),
    repost: mark('repost'),
    bookmark: mark('bookmark'),
  },
  feeds: {
    home: get('/feeds/home', 'Posts and reposts of the people I follow').input(PageInput).output(FeedPage),
    public: get('/feeds/public', 'Posts by everyone').input(PageInput).output(FeedPage),
    notifications: get('/feeds/notifications', 'What concerns me')
      .input(PageInput.extend({ only: z.enum(['all', 'mentions']).default('all') }))
      .output(NotificationPage),
    readNotifications: put('/feeds/notifications/read', 'I have seen everything up to here')
      .input(z.strictObject({ upTo: EntryId }))
      .output(z.object({ upTo: EntryId })),
    bookmarks: get('/feeds/bookmarks', 'What I kept').input(PageInput).output(FeedPage),
    user: get('/feeds/users/{handle}', 'Posts and reposts of a person')
      .input(PageInput.extend({ handle: Handle, replies: ReplyFilter.default('include') }))
      .output(FeedPage),
    tag: get('/feeds/tags/{tag}', 'Posts with a tag')
      .input(PageInput.extend({ tag: Tag }))
      .output(FeedPage),
    thread: get('/feeds/threads/{postId}', 'A post, what is above it and everything below it')
      .input(PageInput.extend({ postId: PostId }))
      .output(ThreadPage),
  },
  trends: get('/trends', 'Tags talked about today')
    .input(z.strictObject({ limit: z.int().min(1).max(20).default(5) }))
    .output(z.object({ items: z.array(Trend) })),
  search: get('/search', 'Posts with these words, and people and tags that begin so')
    .input(PageInput.extend({ q: z.string().min(1).max(limits.searchMaxChars) }))
    .output(FeedPage.extend({ people: z.array(PersonItem), tags: z.array(z.object({ tag: Tag, posts: z.int() })) })),
}
