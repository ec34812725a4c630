import { setTimeout as wait } from 'node:timers/promises'
import { createClient, type StoredSession } from '@skein/client'
import { untilDone } from './restless.js'
import { password } from '../test/support/people.js'
import type { Author } from './author.js'
import type { Crowd } from './crowd.js'
import type { Sent } from './record.js'

/** How one attempt to post was answered. */
export interface Answer {
  /** `created`, the code of an error, or `none` when nothing came in time. */
  readonly said: string
  readonly id: string | null
  readonly tookMs: number
}

/** Somebody who posts by HTTP alone, without the SDK: each attempt is one request. */
export interface RawAuthor extends Author {
  /** Sends the nth text for the first time, or again by its key. */
  post(n: number, filler?: string): Promise<Answer>
}

const attemptMs = 20_000

/** Signed up and admitted to the crowd. */
export async function admitRawAuthor(crowd: Crowd, url: string, handle: string): Promise<RawAuthor> {
  let session: StoredSession | null = null
  const client = createClient({ url, storage: { load: () => null, save: (now) => void (session = now) } })
  crowd.closing.add(client)
  const { id } = await untilDone(() => client.auth.signUp({ handle, name: handle, password }))
  const token = (): string => session?.accessToken ?? ''
  const sent: Sent[] = []
  const nothing = async (): Promise<void> => {}
  const author: RawAuthor = {
    id,
    handle,
    client,
    sent,
    isSteady: false,
    get acknowledged() {
      return sent.filter((post) => post.id !== undefined).length
    },
    refused: [],
    stop: nothing,
    abandon: nothing,
    async post(n, filler = '') {
      const own = (sent[n] ??= { text: `${handle} ${filler}${n}`, fromMs: performance.now() })
      const answer = await attempt(url, token(), own.text, `raw-${handle}-${n}`)
      if (answer.id !== null) {
        own.id = answer.id
        own.acknowledgedMs ??= performance.now()
      }
      return answer
    },
  }
  crowd.admit(author)
  return author
}

async function attempt(url: string, token: string, text: string, key: string): Promise<Answer> {
  const fromMs = performance.now()
  const done = (said: string, id: string | null): Answer => ({ said, id, tookMs: performance.now() - fromMs })
  try {
    const answer = await fetch(`${url}/v1/posts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'idempotency-key': key },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(attemptMs),
    })
    const body = (await answer.json()) as { id?: string; code?: string }
    return answer.ok ? done('created', body.id ?? null) : done(body.code ?? String(answer.status), null)
  } catch {
    return done('none', null)
  }
}

/** Repeats one post by its key until it is acknowledged. */
export async function complete(author: RawAuthor, n: number, withinMs = 60_000): Promise<void> {
  for (const untilMs = performance.now() + withinMs; ; await wait(200)) {
    const { said, id } = await author.post(n)
    if (id !== null) return
    if (performance.now() > untilMs) throw new Error(`${author.handle} ${n} is still answered ${said}`)
  }
}
