export { laneOf } from './event-log.js'
export type { Entry, EventLog, ReadResult, Tail, TailMessage, TailOptions } from './event-log.js'
export type { Locate, Window, WindowEntry, WindowOptions } from './window-port.js'
