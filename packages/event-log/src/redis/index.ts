export { laneKeys, statsChannel } from './keys.js'
export type { LaneKeys } from './keys.js'
