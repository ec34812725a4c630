import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useApp, type Dialog } from '../state/app.js'
import { errorShape } from '../state/errors.js'
import { fullTime } from '../text/times.js'
import { ComposeDialog } from './compose-dialog.js'
import { DialogBox } from './dialog.js'
import { KeysDialog } from './keys-dialog.js'
import { ProfileDialog } from './profile-dialog.js'

/** The one dialog that is open, if any. */
export function Dialogs() {
  const { dialog } = useApp()
  const open = dialog.value
  const close = () => {
    dialog.value = null
  }
  if (open === null) return null
  switch (open.kind) {
    case 'keys':
      return <KeysDialog />
    case 'compose':
      return <ComposeDialog how={open.how} post={open.post} onClose={close} />
    case 'confirm':
      return <ConfirmDialog ask={open} onClose={close} />
    case 'profile':
      return <ProfileDialog me={open.me} onClose={close} />
    case 'history':
      return <HistoryDialog postId={open.postId} onClose={close} />
  }
}

function ConfirmDialog({ ask, onClose }: { ask: Extract<Dialog, { kind: 'confirm' }>; onClose: () => void }) {
  const app = useApp()
  return (
    <DialogBox title={ask.title} onClose={onClose}>
      <p>{ask.text}</p>
      <div class="row">
        <button
          class="btn btn--danger"
          type="button"
          onClick={() => {
            onClose()
            app.attempt(ask.run())
          }}
        >
          {ask.action}
        </button>
        <button class="btn btn--quiet" type="button" data-first="" onClick={onClose}>
          Cancel
        </button>
      </div>
    </DialogBox>
  )
}

function HistoryDialog({ postId, onClose }: { postId: string; onClose: () => void }) {
  const { client } = useApp()
  const revisions = useSignal<{ rev: number; text: string; atMs: number }[]>([])
  const failed = useSignal('')
  useEffect(() => {
    client.posts.history(postId).then(
      (items) => {
        revisions.value = items.toReversed()
      },
      (thrown: unknown) => {
        failed.value = errorShape(thrown).message
      },
    )
  }, [postId])
  return (
    <DialogBox title="What it said" onClose={onClose}>
      {failed.value === '' ? null : <p class="hint is-bad">{failed.value}</p>}
      <ol class="history" role="list">
        {revisions.value.map(({ rev, text, atMs }) => (
          <li key={rev}>
            <p class="quiet">{fullTime(atMs)}</p>
            <p class="post__text" dir="auto">
              {text}
            </p>
          </li>
        ))}
      </ol>
      <button class="btn btn--quiet" type="button" data-first="" onClick={onClose}>
        Close
      </button>
    </DialogBox>
  )
}
