import { startEmbedded, type Embedded } from '@skein/server'
import { z } from 'zod'
import { answerCalls } from './child.js'
import { pause, watchProcess } from './figures.js'
import type { Memory, Strain } from './protocol.js'
import { benchConfig } from './settings.js'

/* The whole server, as `skein start` runs it, and what it costs. Needs --expose-gc for `memory`. */

let server: Embedded | undefined
let finish: (() => Strain) | undefined

/** After collections, a moment apart, so that what was freed late is gone too. */
async function memoryNow(): Promise<Memory> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.()
    await pause(200)
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heap: heapUsed, external }
}

answerCalls(
  {
    start: async (input) => {
      const { dataDir } = z.object({ dataDir: z.string() }).parse(input)
      server = await startEmbedded(benchConfig(dataDir), { version: 'bench' })
      return server.port
    },
    memory: memoryNow,
    watch: () => {
      finish = watchProcess()
      return Promise.resolve()
    },
    strain: () => {
      if (finish === undefined) return Promise.reject(new Error('not watched'))
      return Promise.resolve(finish())
    },
  },
  async () => server?.close(),
)
