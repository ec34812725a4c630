import { createInterface } from 'node:readline/promises'
import { defineCommand } from 'citty'
import { BackupError } from '../backup/backup-error.js'
import { findBackup } from '../backup/backup-folder.js'
import { documentsOf } from '../backup/manifest.js'
import { backupDirOf, openEngine } from '../backup/open-engine.js'
import { restoreBackup } from '../backup/restore-backup.js'
import { version } from '../version.js'
import { readSettings } from './config.js'
import { tellFailure } from './backup.js'

const ownFlags = new Map([
  ['--replace', 0],
  ['--yes', 0],
])

export const restoreCommand = defineCommand({
  meta: { name: 'restore', description: 'Bring the system back from a backup; every server must be stopped' },
  args: {
    name: { type: 'positional', description: 'Of skein backup list, or latest', required: true },
    replace: { type: 'boolean', description: 'Though there is data: it goes; asks first' },
    yes: { type: 'boolean', description: 'Do not ask' },
  },
  run: ({ args, rawArgs }) =>
    tellFailure(async () => {
      const config = readSettings(rawArgs, ownFlags)
      const backup = await findBackup(backupDirOf(config), args.name)
      const replace = args.replace === true
      if (replace && args.yes !== true) await confirm(backup.name)
      const engine = await openEngine(config)
      try {
        const lines = await restoreBackup({ engine, version }, backup, { replace })
        console.log(`${backup.name} is restored: ${documentsOf(backup.manifest)} documents.`)
        for (const line of lines) console.log(line)
      } finally {
        await engine.close()
      }
    }),
})

/** @throws BackupError when the person does not say yes, or is not there to be asked */
async function confirm(name: string): Promise<void> {
  if (!process.stdin.isTTY) throw new BackupError('Nobody is there to be asked: give --yes to replace what is there')
  const ask = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = await ask.question(`Everything written since ${name} goes. Type yes to go on: `)
    if (answer.trim() !== 'yes') throw new BackupError('Nothing was changed: the answer was not yes')
  } finally {
    ask.close()
  }
}
