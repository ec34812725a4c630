import { createClient, type Client, type ClientOptions, type StoredSession } from '@skein/client'

/** Somebody with an account, and their first client. */
export interface Person {
  readonly id: string
  readonly handle: string
  readonly password: string
  readonly client: Client
  /** Of this client, as kept between runs. */
  session(): StoredSession
  /** Another device of the same person, signed in by password; over another address when given. */
  device(options?: Partial<ClientOptions>): Promise<Device>
}

export interface Device {
  readonly client: Client
  session(): StoredSession
}

export const password = 'a good long password'
/** Comes back so soon that tests need not wait. */
export const hasty = { minMs: 10, maxMs: 100 } as const

/** A client whose session can be read. Closes with the test through `closing`. */
export function openDevice(closing: Closing, options: ClientOptions): Device {
  let held: StoredSession | null = null
  const client = createClient({
    reconnect: hasty,
    storage: { load: () => null, save: (session) => void (held = session) },
    ...options,
  })
  closing.add(client)
  return {
    client,
    session() {
      if (held === null) throw new Error('not signed in')
      return held
    },
  }
}

/** Signs up at `url`. */
export async function signUp(closing: Closing, url: string, handle: string): Promise<Person> {
  const first = openDevice(closing, { url })
  const me = await first.client.auth.signUp({ handle, name: handle.toUpperCase(), password })
  return {
    id: me.id,
    handle,
    password,
    ...first,
    async device(options = {}) {
      const other = openDevice(closing, { url, ...options })
      await other.client.auth.signIn({ handle, password })
      return other
    },
  }
}

/** Several people at once. */
export function signUpAll(closing: Closing, url: string, handles: readonly string[]): Promise<Person[]> {
  return Promise.all(handles.map((handle) => signUp(closing, url, handle)))
}

/** What a test opened and has to close, the last first. */
export class Closing implements AsyncDisposable {
  readonly #opened: (() => Promise<unknown>)[] = []

  add(opened: { close(): Promise<unknown> | void }): void {
    this.#opened.push(async () => opened.close())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#opened.reverse()) await close()
  }
}
