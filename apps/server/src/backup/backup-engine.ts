import type { Counts, ColdFile, Manifest } from './manifest.js'

export interface Dumped {
  readonly files: readonly ColdFile[]
  readonly counts: { readonly posts: Counts; readonly accounts: Counts }
}

export interface RestoreRequest {
  /** Of the backup. */
  readonly folder: string
  readonly manifest: Manifest
  /** Whether what is there now may go. */
  readonly replace: boolean
}

/** A database that can be dumped into cold files and made from them again. */
export interface BackupEngine {
  readonly kind: Manifest['engine']
  /** How much a dump may write at most, about, while it is made. */
  estimateBytes(): Promise<number>
  /**
   * Writes every file into the folder while the system goes on working. Whatever was acknowledged before it began is in it;
   * of what is written meanwhile any part may be, but never a post without its author.
   */
  dump(folder: string): Promise<Dumped>
  /**
   * Restores into a scratch database, compares it with the manifest, looks for posts without authors and drops it again.
   * Resolves with what is wrong. @throws Error when it could not be tried
   */
  verify(backup: Omit<RestoreRequest, 'replace'>): Promise<string[]>
  /**
   * Puts the backup in the place of the database, sessions and signing keys left out, and mends what may not fit together.
   * Resolves with lines that say what was done. @throws BackupError when there is data and it may not go
   */
  restore(request: RestoreRequest): Promise<string[]>
  close(): Promise<void>
}
