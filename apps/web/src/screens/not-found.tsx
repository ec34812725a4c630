import { Back, Bar } from '../ui/bar.js'
import { Empty } from '../ui/empty.js'

export function NotFound() {
  return (
    <>
      <Bar>
        <Back />
        <p class="bar__name">Skein</p>
      </Bar>
      <Empty title="There is no page here" level={1}>
        <p>The link may be old, or a letter went missing on the way.</p>
        <a class="btn btn--quiet" href="/">
          Go home
        </a>
      </Empty>
    </>
  )
}
