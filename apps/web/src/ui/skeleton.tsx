import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

const afterMs = 300
const lines = [
  ['38%', '', '72%'],
  ['30%', '', '90%'],
  ['44%', '', '54%'],
]

/** Stitches where posts will be: only after 300 ms. */
export function Skeleton({ what = 'posts' }: { what?: string }) {
  const isLate = useSignal(false)
  useEffect(() => {
    const timer = setTimeout(() => {
      isLate.value = true
    }, afterMs)
    return () => clearTimeout(timer)
  }, [])
  if (!isLate.value) return null
  return (
    <div>
      <p class="vh" role="status">
        Loading {what}
      </p>
      {lines.map((widths, i) => (
        <div key={i} class="post skeleton" aria-hidden="true">
          <span>
            <span class="avatar" />
          </span>
          <div>
            {widths.map((width, n) => (
              <i key={n} style={{ inlineSize: width }} />
            ))}
          </div>
        </div>
      ))}
    </div>
  )
}
