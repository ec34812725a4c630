import { fork } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import { z } from 'zod'

/*
 * Calls between the benchmark and its child processes: one message there, one back, over the IPC channel of `fork`.
 */

const Request = z.object({ id: z.int(), name: z.string(), input: z.unknown() })
const Reply = z.object({ id: z.int(), value: z.unknown().optional(), error: z.string().optional() })

export interface Child {
  /** @throws Error what the call threw there, or that the process ended */
  call<T extends z.ZodType>(name: string, input: unknown, reply: T): Promise<z.output<T>>
  /** Lets it finish; resolves when it is gone. */
  end(): Promise<void>
}

/** A file as a process of its own. */
export function startChild(file: string, nodeFlags: readonly string[] = []): Child {
  const own = fork(file, { execArgv: [...nodeFlags] })
  const waiting = new Map<number, { done: (value: unknown) => void; fail: (cause: Error) => void }>()
  let calls = 0
  own.on('message', (message) => {
    const { id, value, error } = Reply.parse(message)
    const call = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) call?.done(value)
    else call?.fail(new Error(`${basename(file)}: ${error}`))
  })
  own.on('exit', (code, signal) => {
    for (const { fail } of waiting.values()) fail(new Error(`${file} ended (${signal ?? code})`))
    waiting.clear()
  })
  return {
    async call(name, input, reply) {
      const value = await new Promise((done, fail) => {
        const id = ++calls
        waiting.set(id, { done, fail })
        own.send({ id, name, input })
      })
      return reply.parse(value)
    },
    async end() {
      if (own.exitCode !== null || own.signalCode !== null) return
      const gone = once(own, 'exit')
      if (own.connected) own.disconnect()
      await gone
    },
  }
}

/** The other side. Ends the process, so that a profile is written, when the parent hangs up or is gone. */
export function answerCalls(
  calls: Readonly<Record<string, (input: unknown) => Promise<unknown>>>,
  close: () => Promise<void> = () => Promise.resolve(),
): void {
  process.on('message', (message) => {
    const { id, name, input } = Request.parse(message)
    const call = calls[name] ?? (() => Promise.reject(new Error(`no call ${name}`)))
    call(input).then(
      (value) => process.send?.({ id, value }),
      (thrown: unknown) =>
        process.send?.({ id, error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }),
    )
  })
  process.once('disconnect', () => void close().finally(() => process.exit(0)))
}
