import type { Router } from '../state/router.js'

/** Plain presses on links of this page stay in the page. Other origins, new tabs, downloads and `rel=external` do not. */
export function listenToLinks(router: Router): () => void {
  const onPress = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (link === null || link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return
    if (link.relList.contains('external') || link.hash !== '') return
    event.preventDefault()
    router.navigate(link.pathname + link.search)
  }
  addEventListener('click', onPress)
  return () => removeEventListener('click', onPress)
}
