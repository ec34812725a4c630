import { describeConfig, loadConfig, printConfig } from '@skein/platform'
import { defineCommand } from 'citty'
import { serverConfig, type ServerConfig } from '../config.js'

/** Flags of commands themselves, which are not settings; those with a value take the next word along. */
const ownFlags = new Map([
  ['--demo', 0],
  ['--operator', 0],
  ['--json', 0],
  ['--name', 1],
  ['--password', 1],
  ['--client', 1],
])

/** The settings a command line gives, without the command's own flags and words. */
export function settingsOf(rawArgs: readonly string[], own: ReadonlyMap<string, number> = ownFlags): string[] {
  const kept: string[] = []
  for (let i = 0; i < rawArgs.length; i++) {
    const word = rawArgs[i] ?? ''
    const takes = own.get(word.split('=')[0] ?? '')
    if (takes !== undefined) i += word.includes('=') ? 0 : takes
    else kept.push(word)
  }
  const first = kept.findIndex((word) => word.startsWith('-'))
  return first < 0 ? [] : kept.slice(first)
}

/** @throws ConfigError */
export function readSettings(rawArgs: readonly string[], own?: ReadonlyMap<string, number>): ServerConfig {
  return loadConfig(serverConfig, { env: process.env, argv: settingsOf(rawArgs, own) }).values
}

export function settingsHelp(): string {
  return describeConfig(serverConfig, 'help')
}

const checkCommand = defineCommand({
  meta: {
    name: 'check',
    description: 'Say everything that is wrong with the settings; exit code 78 when something is',
  },
  run({ rawArgs }) {
    readSettings(rawArgs)
    console.log('The settings are fine.')
  },
})

const printCommand = defineCommand({
  meta: {
    name: 'print',
    description: 'Every setting, its value and where it came from; --format env|markdown describes them all',
  },
  args: { format: { type: 'string', description: 'values, env or markdown', default: 'values' } },
  run({ args, rawArgs }) {
    if (args.format === 'env' || args.format === 'markdown')
      return console.log(describeConfig(serverConfig, args.format))
    const loaded = loadConfig(serverConfig, { env: process.env, argv: settingsOf(rawArgs, new Map([['--format', 1]])) })
    console.log(printConfig(serverConfig, loaded))
  },
})

export const configCommand = defineCommand({
  meta: { name: 'config', description: 'Look at the settings' },
  subCommands: { check: checkCommand, print: printCommand },
})
