// node deploy/gather.mjs FOLDER: what the running system needs of a built repository, without sources, types and maps.
// Makes an empty folder /empty beside it, of which the image makes its data folder.
import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const target = process.argv[2]
if (target === undefined) throw new Error('Say where to: node deploy/gather.mjs FOLDER')

const rooms = [
  'packages/contracts',
  'packages/event-log',
  'packages/platform',
  'packages/visibility',
  'services/account',
  'services/post',
  'services/timeline',
  'gateway',
  'client-sdk',
  'apps/server',
]
const unneeded = /(\.d\.c?ts|\.map|\.tsbuildinfo)$/
const parts = [
  'package.json',
  'LICENSE',
  'deploy/healthcheck.mjs',
  'deploy/mongo-init.mjs',
  ...rooms.flatMap((room) => [`${room}/package.json`, `${room}/dist`]),
  'apps/server/bin',
  'apps/web/dist',
]
for (const part of parts)
  cpSync(join(root, part), join(target, part), { recursive: true, filter: (source) => !unneeded.test(source) })
mkdirSync('/empty', { recursive: true })
