import { api, type Services } from './api-context.js'
import type { HttpApiConfig } from './http-config.js'
import { feedRoutes, type NotificationsRead } from './routes/feed-routes.js'
import { infoRoute } from './routes/info-route.js'
import { peopleRoutes } from './routes/people-routes.js'
import { postRoutes } from './routes/post-routes.js'
import { sessionRoutes, type SessionEnded } from './routes/session-routes.js'
import { createShownPosts } from './shown-post.js'
import type { Logger } from '@skein/platform'

export interface ApiRouterDeps extends Services {
  readonly log: Logger
  readonly onNotificationsRead: NotificationsRead
  readonly onSessionEnded?: SessionEnded
}

/** The public API, every method of it composed of calls to the services. */
export function createApiRouter(config: HttpApiConfig, deps: ApiRouterDeps) {
  return api.router({
    info: infoRoute(deps, config),
    ...sessionRoutes(deps, config),
    ...peopleRoutes(deps),
    posts: postRoutes(deps, createShownPosts(deps)),
    ...feedRoutes(deps, deps),
  })
}
