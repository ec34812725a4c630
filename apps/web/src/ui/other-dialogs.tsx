import { useApp, type Dialog } from '../state/app.js'
import { fullTime } from '../text/times.js'
import { Btn } from './btn.js'
import { DialogBox } from './dialog.js'
import { Refusal } from './field.js'
import { KeysDialog } from './keys-dialog.js'
import { ProfileDialog } from './profile-dialog.js'
import { useLoad } from './use-load.js'

/** Every dialog but the composer, which alone must open without the network. */
export function OtherDialog({ open, onClose }: { open: Exclude<Dialog, { kind: 'compose' }>; onClose: () => void }) {
  switch (open.kind) {
    case 'keys':
      return <KeysDialog />
    case 'confirm':
      return <ConfirmDialog ask={open} onClose={onClose} />
    case 'profile':
      return <ProfileDialog me={open.me} onClose={onClose} />
    case 'history':
      return <HistoryDialog postId={open.postId} onClose={onClose} />
  }
}

function ConfirmDialog({ ask, onClose }: { ask: Extract<Dialog, { kind: 'confirm' }>; onClose: () => void }) {
  const app = useApp()
  return (
    <DialogBox title={ask.title} onClose={onClose}>
      <p>{ask.text}</p>
      <div class="row">
        <Btn
          look="danger"
          onPress={() => {
            onClose()
            app.attempt(ask.run())
          }}
        >
          {ask.action}
        </Btn>
        <Btn look="quiet" first onPress={onClose}>
          Cancel
        </Btn>
      </div>
    </DialogBox>
  )
}

function HistoryDialog({ postId, onClose }: { postId: string; onClose: () => void }) {
  const { client } = useApp()
  const history = useLoad(postId, () => client.posts.history(postId))
  return (
    <DialogBox title="What it said" onClose={onClose}>
      <Refusal words={history.error.value?.message ?? null} />
      <ol class="history" role="list">
        {history.value.value?.toReversed().map(({ rev, text, atMs }) => (
          <li key={rev}>
            <p class="quiet">{fullTime(atMs)}</p>
            <p class="post__text" dir="auto">
              {text}
            </p>
          </li>
        ))}
      </ol>
      <Btn look="quiet" first onPress={onClose}>
        Close
      </Btn>
    </DialogBox>
  )
}
