import { useApp } from '../state/app.js'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from './icon.js'
import { Btn } from './btn.js'

/** What lies over the foot of the page: the lost connection, and what just happened. Without height: nothing moves. */
export function Floats() {
  return (
    <div class="float float--end">
      <Banner />
      <ToastBox />
    </div>
  )
}

function Banner() {
  const { connection, client } = useApp()
  if (!connection.isDown.value) return null
  const inS = connection.retryInS.value
  return (
    <div class="banner">
      <Icon name="retry" />
      <span>
        {inS === null ? (
          'Reconnecting'
        ) : (
          <>
            Reconnecting in <span class="num">{inS} s</span>
          </>
        )}
      </span>
      <Btn look="small plain" onPress={() => client.reconnectNow()}>
        Try now
      </Btn>
    </div>
  )
}

const leavesAfterMs = 6_000

function ToastBox() {
  const { toasts } = useApp()
  const toast = toasts.shown.value
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (toast === null) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const leave = () => {
      const isHeld = box.current?.matches(':hover, :focus-within') ?? false
      if (!isHeld) toasts.hide()
      else timer = setTimeout(leave, 1_000)
    }
    timer = setTimeout(leave, leavesAfterMs)
    return () => clearTimeout(timer)
  }, [toast])
  return (
    <div class="toast-slot" role="status">
      {toast === null ? null : (
        <div class="toast" key={toast.id} ref={box}>
          <Icon name={toast.icon} />
          <span class="num">{toast.text}</span>
          {toast.action === undefined ? null : (
            <Btn
              look="small plain"
              onPress={() => {
                toasts.hide()
                toast.action?.run()
              }}
            >
              {toast.action.label}
            </Btn>
          )}
        </div>
      )}
    </div>
  )
}

/** The polite region; see the announcer for how often it speaks. */
export function Announcements() {
  const { announcer, connection } = useApp()
  return (
    <div class="vh" role="status" aria-live="polite">
      <p>{announcer.words.value}</p>
      <p>{connection.isDown.value ? 'The connection is lost' : ''}</p>
    </div>
  )
}
