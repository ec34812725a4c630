import { sparkPath } from '../text/sparkline.js'

/** How much a tag was used, two hours a step. Decoration unless `label` says it in words. */
export function Sparkline({ series, label }: { series: readonly number[]; label?: string }) {
  if (label === undefined)
    return (
      <svg class="spark" viewBox="0 0 72 28" aria-hidden="true">
        <path d={sparkPath(series, 72, 28)} />
      </svg>
    )
  return (
    <svg class="spark spark--wide" viewBox="0 0 560 56" preserveAspectRatio="none" role="img" aria-label={label}>
      <path d={sparkPath(series, 560, 56)} vector-effect="non-scaling-stroke" />
    </svg>
  )
}
