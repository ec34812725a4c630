import { useApp } from '../state/app.js'
import { ComposeDialog } from './compose-dialog.js'
import { later } from './later.js'

export const OtherDialog = later(() => import('./other-dialogs.js').then((m) => m.OtherDialog))

/** The one dialog that is open, if any. */
export function Dialogs() {
  const { dialog } = useApp()
  const open = dialog.value
  const close = () => {
    dialog.value = null
  }
  if (open === null) return null
  if (open.kind === 'compose') return <ComposeDialog how={open.how} post={open.post} onClose={close} />
  return <OtherDialog open={open} onClose={close} />
}
