import { timelineContract } from '@skein/contracts'
import { implementService } from '@skein/platform'

/** Where every method of this service starts. */
export const os = implementService(timelineContract)
