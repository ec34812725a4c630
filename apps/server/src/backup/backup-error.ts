/** A backup or a restore that cannot be: what is wrong, with the value, and what to do. The exit code of the command. */
export class BackupError extends Error {
  readonly exitCode: number

  constructor(message: string, { cause, exitCode = 1 }: { readonly cause?: unknown; readonly exitCode?: number } = {}) {
    super(message, { cause })
    this.name = 'BackupError'
    this.exitCode = exitCode
  }
}

/** Try later: as cron jobs know it. */
export const exitBusy = 75
