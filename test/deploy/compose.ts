import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { fromRoot } from '../support/repo-files.js'

/* The compose files as the engine reads them, without an engine: anchors, defaults of variables, and one file over another. */

const Names = z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).transform((of) => namesOf(of))

const Healthcheck = z.object({
  test: z.array(z.string()).optional(),
  disable: z.boolean().optional(),
  interval: z.string().optional(),
})

const Service = z.object({
  image: z.string(),
  build: z.object({ dockerfile: z.string() }).loose().optional(),
  user: z.string().optional(),
  command: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.coerce.string()).default({}),
  ports: z.array(z.string()).default([]),
  expose: z.array(z.string()).default([]),
  networks: Names.default([]),
  network_mode: z.string().optional(),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  read_only: z.boolean().default(false),
  privileged: z.boolean().default(false),
  cap_add: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  restart: z.string().optional(),
  stop_grace_period: z.string().default('10s'),
  healthcheck: Healthcheck.optional(),
  logging: z.object({ driver: z.string(), options: z.record(z.string(), z.string()) }).optional(),
  profiles: z.array(z.string()).default([]),
  deploy: z
    .object({
      replicas: z.number().default(1),
      resources: z
        .object({ limits: z.object({ cpus: z.string(), memory: z.string(), pids: z.number() }).partial() })
        .optional(),
    })
    .default({ replicas: 1 }),
})
export type Service = z.infer<typeof Service>

const Compose = z.object({
  services: z.record(z.string(), Service),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
  volumes: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.object({ file: z.string() }).strict()).default({}),
})
export type Compose = z.infer<typeof Compose>

/** What `docker compose -f A -f B config` would say, as far as the tests ask. */
export function readCompose(...files: readonly string[]): Compose {
  const read = files.map((file): unknown => parse(withDefaults(readFileSync(fromRoot(file), 'utf8')), { merge: true }))
  return Compose.parse(read.reduce((under, over) => laidOver(under, over)))
}

export const development = (): Compose => readCompose('docker-compose.yml')
export const production = (): Compose => readCompose('docker-compose.yml', 'docker-production.yml')

/** `${NAME:-value}` and `${NAME-value}` as they are without the variable. */
function withDefaults(text: string): string {
  return text.replaceAll(/\$\{\w+:?-([^}]*)\}/g, '$1')
}

/** Lists of these are replaced; of all others, joined. */
const replaced = new Set(['command', 'entrypoint', 'test'])

function laidOver(under: unknown, over: unknown, key = ''): unknown {
  if (isList(under) && isList(over)) return replaced.has(key) ? over : [...new Set([...under, ...over])]
  if (!isMap(under) || !isMap(over)) return over
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])]
  return Object.fromEntries(
    keys.map((name) => [
      name,
      name in over ? (name in under ? laidOver(under[name], over[name], name) : over[name]) : under[name],
    ]),
  )
}

const isList = (value: unknown): value is unknown[] => Array.isArray(value)

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function namesOf(of: readonly string[] | Record<string, unknown>): string[] {
  return Array.isArray(of) ? of.map(String) : Object.keys(of)
}

/** `768M` in bytes. */
export function bytesOf(size: string): number {
  const [, count, unit] = /^(\d+)([KMG])$/.exec(size) ?? []
  return Number(count) * 1_024 ** (1 + 'KMG'.indexOf(unit ?? ''))
}

/** `30s` in seconds. */
export const secondsOf = (time: string): number => Number(/^(\d+)s$/.exec(time)?.[1])
