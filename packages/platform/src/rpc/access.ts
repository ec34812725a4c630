import { AppError } from '@skein/contracts'
import type { Actor, Caller } from './context.js'

/** Who may call what. Methods are named as in the contract: `users.cards`. Anything not named needs a user. */
export interface AccessRules {
  /** Every caller, with or without a user. */
  readonly anonymous?: readonly string[]
  /** These callers, with or without a user; every other caller needs one. */
  readonly withoutUser?: Readonly<Record<string, readonly Caller[]>>
  /** No other caller at all, whatever user it speaks for. These callers need no user. */
  readonly onlyFor?: Readonly<Record<string, readonly Caller[]>>
}

export type Admit = (method: string, caller: Caller, actor: Actor | null) => void

/**
 * A function that throws when a call is not allowed: AppError unauthenticated or forbidden.
 * @throws Error at once when a rule names a method that does not exist
 */
export function createAccess(rules: AccessRules, methods: ReadonlySet<string>): Admit {
  const anonymous = new Set(rules.anonymous)
  const withoutUser = new Map(Object.entries(rules.withoutUser ?? {}))
  const onlyFor = new Map(Object.entries(rules.onlyFor ?? {}))
  const unknown = [...anonymous, ...withoutUser.keys(), ...onlyFor.keys()].filter((name) => !methods.has(name))
  if (unknown.length > 0) throw new Error(`access rules for methods that do not exist: ${unknown.join(', ')}`)
  return (method, caller, actor) => {
    const only = onlyFor.get(method)
    if (only !== undefined) {
      if (!only.includes(caller)) throw new AppError('forbidden')
      return
    }
    if (actor !== null || anonymous.has(method)) return
    if (withoutUser.get(method)?.includes(caller) !== true) throw new AppError('unauthenticated')
  }
}
