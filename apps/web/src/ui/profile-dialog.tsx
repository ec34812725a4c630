import { useSignal } from '@preact/signals'
import type { Me } from '@skein/client'
import { useApp } from '../state/app.js'
import { errorShape } from '../state/errors.js'
import { DialogBox } from './dialog.js'
import { Field, Refusal } from './field.js'
import { Btn } from './btn.js'
import { Form } from './form.js'

const nameMaxChars = 50
const bioMaxChars = 300

export function ProfileDialog({ me, onClose }: { me: Me; onClose: () => void }) {
  const { client, toasts } = useApp()
  const name = useSignal(me.name)
  const bio = useSignal(me.bio)
  const isBusy = useSignal(false)
  const refusal = useSignal<string | null>(null)
  const save = () => {
    if (isBusy.value || name.value.trim() === '') return
    isBusy.value = true
    client.auth.updateMe({ name: name.value.trim(), bio: bio.value.trim() }).then(
      () => {
        onClose()
        toasts.show({ icon: 'check', text: 'Saved' })
      },
      (thrown: unknown) => {
        isBusy.value = false
        refusal.value = errorShape(thrown).message
      },
    )
  }
  return (
    <DialogBox title="Edit profile" onClose={onClose}>
      <Form label="Edit profile" look="form" onSubmit={save}>
        <Refusal words={refusal.value} />
        <Field label="Name" value={name} autoComplete="name" maxLength={nameMaxChars} first />
        <Field
          label="About you"
          value={bio}
          maxLength={bioMaxChars}
          lines
          hint="A sentence or two. Everyone can read it."
        />
        <div class="row">
          <Btn submit disabled={isBusy.value || name.value.trim() === ''}>
            {isBusy.value ? 'Saving' : 'Save'}
          </Btn>
          <Btn look="quiet" onPress={onClose}>
            Cancel
          </Btn>
        </div>
      </Form>
    </DialogBox>
  )
}
