import type { BackupEngine } from './backup-engine.js'
import type { Backup } from './backup-folder.js'
import { refuseNewer, type Manifest } from './manifest.js'
import { refuseOtherEngine } from './take-backup.js'

/**
 * Brings the system back. Lines that say what was done. @throws BackupError when a newer version made it, it is damaged, or
 * there is data that may not go; nothing was changed then, unless the message says so
 */
export async function restoreBackup(
  { engine, version }: { readonly engine: BackupEngine; readonly version: string },
  { name, folder, manifest }: Backup & { readonly manifest: Manifest },
  { replace }: { readonly replace: boolean },
): Promise<string[]> {
  refuseNewer(name, manifest, version)
  refuseOtherEngine(engine, name, manifest)
  return engine.restore({ folder, manifest, replace })
}
