export { EntryId, Handle, PostId, SessionId, Tag, UserId } from './ids.js'
export { limits } from './limits.js'
export { AppError, ErrorBody, ErrorDetail, errorTable, isErrorCode, toErrorBody } from './errors.js'
export type { AppErrorOptions, ErrorCode } from './errors.js'
export {
  FeedItem,
  FeedPage,
  LogCursor,
  Me,
  Notification,
  NotificationPage,
  NotificationType,
  PageCursor,
  PageInput,
  PeoplePage,
  PersonItem,
  Post,
  PostCounts,
  PostFlags,
  PostRecord,
  PostRevision,
  Profile,
  QuotedPost,
  Relation,
  Role,
  SessionInfo,
  SessionTokens,
  Suggestion,
  TextEntity,
  ThreadPage,
  Trend,
  UserCard,
  pageOf,
} from './models.js'
export { Position, decodeLogCursor, decodePageCursor, encodeLogCursor, encodePageCursor } from './cursor.js'
export type { Positions } from './cursor.js'
export { FeedName, parseFeed } from './feed.js'
export type { Feed } from './feed.js'
export {
  LikeEvent,
  LogEvent,
  PostEvent,
  RelationEvent,
  RepostEvent,
  SessionEndReason,
  SessionEvent,
  UserEvent,
} from './events.js'
export {
  AckReply,
  HandshakeAuth,
  LiveEvent,
  RefreshInput,
  SubscribeInput,
  SubscribeReply,
  UnsubscribeInput,
  closeReasons,
} from './live.js'
export type { CloseReason } from './live.js'
export { safe, write } from './rpc.js'
export type { ClientOf, MethodMeta } from './rpc.js'
export {
  EdgeRev,
  Jwk,
  PasswordChange,
  ProfileChange,
  RefreshTokenInput,
  SignInInput,
  SignUpInput,
  ViewerEdges,
  accountContract,
} from './rpc-account.js'
export { CreatePostInput, IdempotencyKey, Range, Skeleton, Skeletons, StatsMessage, postContract } from './rpc-post.js'
export { ReplyFilter, timelineContract } from './rpc-timeline.js'
export { ServerInfo, apiContract } from './api.js'
export { wireVersion } from './wire-version.js'
