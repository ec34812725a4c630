export type * from './types.js'
export { createClient } from './create-client.js'
export { SkeinError } from './errors.js'
export { browserStorage, memoryStorage } from './storage.js'
