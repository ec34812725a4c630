/** A value that cannot be absent here; `why` says why. @throws Error when it is absent after all */
export function must<T>(value: T | null | undefined, why: string): T {
  if (value === null || value === undefined) throw new Error(`absent: ${why}`)
  return value
}
