import { useApp } from '../state/app.js'
import { DialogBox } from './dialog.js'
import { Btn } from './btn.js'

const keys: readonly [string, readonly string[]][] = [
  ['Next post', ['j']],
  ['Previous post', ['k']],
  ['Show new posts', ['.']],
  ['Write a post', ['c']],
  ['Like', ['l']],
  ['Reply', ['r']],
  ['Repost', ['t']],
  ['Open the post', ['o']],
  ['Home', ['g', 'h']],
  ['Notices', ['g', 'n']],
  ['Your profile', ['g', 'p']],
  ['Search', ['/']],
  ['Send', ['Ctrl', 'Enter']],
  ['This list', ['?']],
  ['Close, or leave a field', ['Esc']],
]

export function KeysDialog() {
  const { dialog } = useApp()
  const close = () => {
    dialog.value = null
  }
  return (
    <DialogBox title="Keyboard" onClose={close}>
      <dl class="keys">
        {keys.map(([words, combination]) => (
          <div key={words}>
            <dt>{words}</dt>
            <dd>{combination.flatMap((key, i) => [i > 0 ? ' ' : '', <kbd key={key}>{key}</kbd>])}</dd>
          </div>
        ))}
      </dl>
      <Btn look="quiet" first onPress={close}>
        Close
      </Btn>
    </DialogBox>
  )
}
