import { createTimelineService, type TimelineService } from '@skein/timeline'
import { clock, type Ground } from './ground.js'
import { addLog } from './log-part.js'
import { addService } from './serve-service.js'

/** Feeds, from the account and post services' data; homes of active people stored in Redis. */
export function addTimeline(ground: Ground): { readonly port: number } {
  const { log, lifecycle, clients, verifier } = ground
  const logPart = addLog(ground)
  let service: TimelineService | undefined
  lifecycle.add('timeline', {
    start: async () => {
      service = createTimelineService(
        {},
        { account: clients.account(), post: clients.post(), log: logPart.events, clock, logger: log },
      )
      await service.start()
    },
    close: () => service?.close(),
  })
  return addService(ground, () => {
    if (service === undefined) throw new Error('timeline has not started')
    return { router: service.router, access: { anonymous: service.anonymous }, verifier }
  })
}
