import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const skipped = new Set(['node_modules', 'dist', 'screenshots'])

/** An absolute path from one inside the repository. */
export function fromRoot(path: string): string {
  return join(root, path)
}

/** Files below the folders whose path matches, relative to the root. */
export function filesUnder(folders: readonly string[], pattern: RegExp): string[] {
  return folders.flatMap((folder) =>
    readdirSync(fromRoot(folder), { withFileTypes: true }).flatMap((entry) => {
      if (skipped.has(entry.name)) return []
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return filesUnder([path], pattern)
      return pattern.test(path) ? [path] : []
    }),
  )
}
