import { stripVTControlCharacters } from 'node:util'
import { defineCommand, renderUsage, runCommand, type CommandDef } from 'citty'
import { backupCommand } from './commands/backup.js'
import { clusterCommand } from './commands/cluster.js'
import { configCommand, settingsHelp } from './commands/config.js'
import { doctorCommand } from './commands/doctor.js'
import { restoreCommand } from './commands/restore.js'
import { demoCommand, startCommand } from './commands/start.js'
import { tailCommand } from './commands/tail.js'
import { tokenCommand } from './commands/token.js'
import { userCommand } from './commands/user.js'
import { explain } from './explain.js'
import { version } from './version.js'

const versionCommand = defineCommand({
  meta: { name: 'version', description: 'Print the version' },
  run: () => console.log(version),
})

const skein = defineCommand({
  meta: { name: 'skein', version, description: 'A self-hosted live timeline. Every command takes --help.' },
  subCommands: {
    start: startCommand,
    demo: demoCommand,
    tail: tailCommand,
    cluster: clusterCommand,
    user: userCommand,
    token: tokenCommand,
    backup: backupCommand,
    restore: restoreCommand,
    config: configCommand,
    doctor: doctorCommand,
    version: versionCommand,
  },
})

/** Runs the `skein` command. Sets the exit code: 0 well, 1 failed, 2 not a command, 78 wrong configuration. */
export async function main(argv: readonly string[]): Promise<void> {
  const rawArgs = [...argv]
  if (rawArgs.length === 0 || rawArgs[0] === 'help') return say(await renderUsage(skein))
  if (rawArgs[0] === '--version' || rawArgs[0] === '-v') return console.log(version)
  if (rawArgs.includes('--help') || rawArgs.includes('-h')) return help(rawArgs)
  try {
    await runCommand(skein, { rawArgs })
  } catch (thrown) {
    const isUsage = thrown instanceof Error && thrown.name === 'CLIError'
    const { text, exitCode } = isUsage ? { text: `${thrown.message} See: skein help`, exitCode: 2 } : explain(thrown)
    console.error(plain(text))
    process.exitCode = exitCode
  }
}

/** Usage of the deepest command that the words name. */
async function help(words: readonly string[]): Promise<void> {
  let command: CommandDef = skein
  let parent: CommandDef | undefined
  for (const word of words) {
    const subs = (await resolved(command.subCommands)) ?? {}
    const next = Object.hasOwn(subs, word) ? await resolved(subs[word]) : undefined
    if (next === undefined) break
    parent = command
    command = next
  }
  say(await renderUsage(command, parent))
  if (words[0] === 'start' || words[0] === 'demo')
    console.log(`\nSettings, as flags or variables:\n\n${settingsHelp()}`)
}

async function resolved<T>(value: T | Promise<T> | (() => T | Promise<T>) | undefined): Promise<T | undefined> {
  return typeof value === 'function' ? (value as () => T | Promise<T>)() : value
}

/** Colours only where somebody sees them. */
function say(text: string): void {
  console.log(process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? text : plain(text))
}

function plain(text: string): string {
  return stripVTControlCharacters(text)
}
