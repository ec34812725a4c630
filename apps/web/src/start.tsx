import type { Client } from '@skein/client'
import { render } from 'preact'
import { PageView } from './screens/page.js'
import { AppProvider, createApp, type App } from './state/app.js'
import './styles/tokens.css'
import './styles/app.css'
import './styles/page.css'

/** Draws the page over a client into `root` and keeps it true. */
export function startPage(client: Client, root: HTMLElement): App {
  const app = createApp(client)
  render(
    <AppProvider value={app}>
      <PageView />
    </AppProvider>,
    root,
  )
  if (location.hash === '#compose') app.composing.open('home')
  return app
}
