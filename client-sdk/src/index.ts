export type * from './types.js'
export { createClient } from './client.js'
export { SkeinError } from './errors.js'
export { browserStorage, memoryStorage } from './storage.js'
