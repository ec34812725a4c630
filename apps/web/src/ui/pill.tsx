import { Icon } from './icon.js'

/** News that waits: pressing it, or the full stop key, shows it. Lies over the feed and has no height. */
export function Pill({ count, words, onShow }: { count: number; words: string; onShow: () => void }) {
  if (count === 0) return null
  return (
    <button class="btn pill" type="button" data-key="." onClick={onShow}>
      <Icon name="up" size="sm" />
      <span class="num">{words}</span>
      <kbd aria-hidden="true">.</kbd>
    </button>
  )
}
