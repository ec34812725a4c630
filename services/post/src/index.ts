export { createPostService, postAccess } from './post-service.js'
export type { PostService, PostServiceConfig, PostServiceDeps } from './post-service.js'
export type { AccountPort } from './rpc/post-rpc.js'
export type {
  CreateOutcome,
  EdgeChange,
  EdgeKind,
  EdgeOutcome,
  EditOutcome,
  EntryQueries,
  Notice,
  PostDraft,
  PostEdit,
  PostRemoval,
  PostStore,
  RemoveOutcome,
  TagUse,
  TrendQuery,
} from './store/post-store.js'
export { createSqlitePostStore } from './store/sqlite/sqlite-post-store.js'
export type { SqlitePostStoreDeps } from './store/sqlite/sqlite-post-store.js'
export { findEntities } from './domain/entities.js'
export type { FoundEntity } from './domain/entities.js'
export { resolveContent } from './domain/content.js'
export type { PostContent } from './domain/content.js'
