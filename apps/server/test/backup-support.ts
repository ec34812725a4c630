import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type Client } from '@skein/client'
import { loadConfig, systemClock } from '@skein/platform'
import type { BackupEngine } from '../src/backup/backup-engine.js'
import { diskSpace } from '../src/backup/backup-folder.js'
import type { BackupDeps } from '../src/backup/take-backup.js'
import { serverConfig, type ServerConfig } from '../src/config.js'
import { main } from '../src/main.js'

export type Said = { out: string; err: string; exitCode: number }

export const cheap = ['--auth-password-memory-ki-b', '8', '--auth-password-passes', '1']
export const password = 'a good long password'

/** Runs the command in this process and gives what it printed. */
export async function skein(...argv: string[]): Promise<Said> {
  const said: Said = { out: '', err: '', exitCode: 0 }
  const { log, error } = console
  console.log = (...words: unknown[]) => void (said.out += `${words.join(' ')}\n`)
  console.error = (...words: unknown[]) => void (said.err += `${words.join(' ')}\n`)
  try {
    await main(argv)
    return { ...said, exitCode: Number(process.exitCode ?? 0) }
  } finally {
    console.log = log
    console.error = error
    process.exitCode = 0
  }
}

export interface Folder extends Disposable {
  readonly path: string
}

export function newFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'skein-backup-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export function settings(dataDir: string): ServerConfig {
  const rates = ['ip-per-minute', 'user-per-minute', 'posts-per-minute', 'sign-ups-per-hour', 'sign-ins-per5-minutes']
  const argv = ['--data-dir', dataDir, '--port', '0', '--ops-port', '0', '--log-level', 'silent', ...cheap]
  return loadConfig(serverConfig, {
    env: {},
    argv: [...argv, ...rates.flatMap((name) => [`--limits-${name}`, '1000000'])],
  }).values
}

export function depsFor(engine: BackupEngine, dir: string, more: Partial<BackupDeps> = {}): BackupDeps {
  return { dir, engine, clock: systemClock, space: diskSpace, version: '0.1.0', ...more }
}

export async function signedUp(port: number, handle: string): Promise<Client> {
  const client = createClient({ url: `http://127.0.0.1:${port}` })
  await client.auth.signUp({ handle, name: handle, password })
  return client
}

export async function signedIn(port: number, handle: string): Promise<Client> {
  const client = createClient({ url: `http://127.0.0.1:${port}` })
  await client.auth.signIn({ handle, password })
  return client
}

/** Every post of a feed, the newest first. */
export async function textsOf(client: Client, feed: 'public' | 'home' | `user:${string}`): Promise<string[]> {
  const texts: string[] = []
  for await (const { post } of client.timeline(feed, { limit: 100 })) texts.push(post.text)
  return texts
}
