import type { StatsMessage } from '@skein/contracts'
import { statsChannel } from '@skein/event-log/redis'
import { createPostService, type PostService } from '@skein/post'
import { createMongoPostStore } from '@skein/post/mongo'
import { addDatabase } from './database.js'
import { clock, random, untilAnswers, type Ground } from './ground.js'
import { addLog } from './log-part.js'
import { tell } from './messages.js'
import { addOutbox } from './outbox-part.js'
import { addService } from './serve-service.js'

type Store = Awaited<ReturnType<typeof createMongoPostStore>>

/** Posts, likes and reposts, over MongoDB. Recounted numbers go to every gateway, and may be lost on the way. */
export function addPost(ground: Ground): { readonly port: number } {
  const { config, log, lifecycle, verifier } = ground
  const logPart = addLog(ground)
  const database = addDatabase(ground, config['mongo.postsUrl'] ?? '')
  let store: Store | undefined
  let service: PostService | undefined
  const opened = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('post has not started')
    return part
  }
  const onStats = (stats: StatsMessage): void => tell(ground, statsChannel(config['redis.prefix']), stats)
  lifecycle.add('store', {
    start: async () => {
      const { connection } = database
      const append = logPart.events.append.bind(logPart.events)
      store = await untilAnswers('mongodb', log, () => createMongoPostStore({ connection, append, clock, log, random }))
    },
  })
  addOutbox(ground, () => opened(store).outbox)
  lifecycle.add('post', {
    start: async () => {
      const account = ground.clients.account()
      const settings = { maxGraphemes: config['post.maxGraphemes'] }
      service = createPostService(settings, { store: opened(store), account, clock, log, onStats })
      await service.start()
    },
    close: () => service?.close(),
  })
  return addService(ground, () => {
    const { router, access } = opened(service)
    return { router, access, verifier }
  })
}
