/** The Web Storage interface in memory; its keys are own properties, as in browsers. */
export class FakeStorage implements Storage {
  [name: string]: unknown
  get length(): number {
    return Object.keys(this).length
  }
  clear(): void {
    for (const key of Object.keys(this)) delete this[key]
  }
  getItem(key: string): string | null {
    return Object.hasOwn(this, key) ? String(this[key]) : null
  }
  key(index: number): string | null {
    return Object.keys(this)[index] ?? null
  }
  removeItem(key: string): void {
    delete this[key]
  }
  setItem(key: string, value: string): void {
    this[key] = value
  }
}

export class FullStorage extends FakeStorage {
  override setItem(): void {
    throw new DOMException('full', 'QuotaExceededError')
  }
}
