import { countBy } from './count-by.js'
import { createPost } from './create-post.js'
import { deletePost } from './delete-post.js'
import { editPost } from './edit-post.js'
import { entriesBelow } from './entries-below.js'
import { entriesBookmarks } from './entries-bookmarks.js'
import { entriesByActors } from './entries-by-actors.js'
import { entriesByTag } from './entries-by-tag.js'
import { entriesNotices } from './entries-notices.js'
import { entriesPublic } from './entries-public.js'
import { entriesSearch } from './entries-search.js'
import { postHistory } from './post-history.js'
import { os, type PostRpc } from './post-rpc.js'
import { postsByIds } from './posts-by-ids.js'
import { bookmarkPost, likePost, repostPost } from './set-edge.js'
import { tagsSearch } from './tags-search.js'
import { tagsTrending } from './tags-trending.js'

/** postContract, implemented. */
export function createPostRouter(rpc: PostRpc) {
  return os.router({
    posts: {
      create: createPost(rpc),
      edit: editPost(rpc),
      delete: deletePost(rpc),
      history: postHistory(rpc),
      byIds: postsByIds(rpc),
      countBy: countBy(rpc),
      like: likePost(rpc),
      repost: repostPost(rpc),
      bookmark: bookmarkPost(rpc),
    },
    entries: {
      byActors: entriesByActors(rpc),
      public: entriesPublic(rpc),
      byTag: entriesByTag(rpc),
      below: entriesBelow(rpc),
      bookmarks: entriesBookmarks(rpc),
      search: entriesSearch(rpc),
      notices: entriesNotices(rpc),
    },
    tags: { trending: tagsTrending(rpc), search: tagsSearch(rpc) },
  })
}
