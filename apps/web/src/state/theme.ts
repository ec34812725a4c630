import { effect, signal, type Signal } from '@preact/signals'
import type { Kept } from './kept.js'

export type Theme = 'system' | 'light' | 'dark'

const bars = { light: '#fbfefe', dark: '#0e181c' }

/** The theme, kept on this device. `theme.js` in the page's head reads the same key, so that nothing flashes. */
export function createTheme(kept: Kept): Signal<Theme> {
  const stored = kept.get('theme')
  const theme = signal<Theme>(stored === 'light' || stored === 'dark' ? stored : 'system')
  effect(() => {
    const value = theme.value
    kept.set('theme', value === 'system' ? null : value)
    if (value === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = value
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
      const scheme = value === 'system' ? (meta.media.includes('dark') ? 'dark' : 'light') : value
      meta.content = bars[scheme]
    }
  })
  return theme
}
