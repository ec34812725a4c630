import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the page over the fake client; where it is. About a second. */
export async function buildFake(): Promise<string> {
  await build({ configFile: `${root}vite.config.ts`, mode: 'fake', logLevel: 'error' })
  return `${root}test/dist/fake`
}
