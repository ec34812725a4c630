import { z } from 'zod'
import { Handle, PostId, Tag } from './ids.js'
import { limits } from './limits.js'
import { FeedPage, NotificationPage, PageInput, Post, ThreadPage, Trend } from './models.js'
import { safe } from './rpc.js'

export const ReplyFilter = z.enum(['include', 'exclude', 'only'])
export type ReplyFilter = z.infer<typeof ReplyFilter>

/** Reads only. Every page is filtered for the actor and presented; `cursor` was fixed before anything was read. */
export const timelineContract = {
  feeds: {
    home: safe.input(PageInput).output(FeedPage),
    public: safe.input(PageInput).output(FeedPage),
    /** @throws not_found; blocked */
    user: safe.input(PageInput.extend({ handle: Handle, replies: ReplyFilter.default('include') })).output(FeedPage),
    tag: safe.input(PageInput.extend({ tag: Tag })).output(FeedPage),
    /** Everything below the post. @throws not_found; blocked; a deleted post is answered, without its text */
    thread: safe.input(PageInput.extend({ postId: PostId })).output(ThreadPage),
    bookmarks: safe.input(PageInput).output(FeedPage),
    notifications: safe
      .input(PageInput.extend({ only: z.enum(['all', 'mentions']).default('all') }))
      .output(NotificationPage),
    search: safe.input(PageInput.extend({ q: z.string().min(1).max(limits.searchMaxChars) })).output(FeedPage),
  },
  /** In the order asked for; unknown, deleted and blocked ones are left out. */
  posts: safe
    .input(z.strictObject({ ids: z.array(PostId).max(limits.batchMaxIds) }))
    .output(z.object({ items: z.array(Post) })),
  trends: safe
    .input(z.strictObject({ limit: z.int().min(1).max(20).default(5) }))
    .output(z.object({ items: z.array(Trend) })),
}
