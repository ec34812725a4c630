import { startPage } from '../../src/start.js'
import { must } from '../../src/state/must.js'
import { FakeClient } from './fake-client.js'
import type { Scenario } from './fake-world.js'

declare global {
  interface Window {
    fake: FakeClient
  }
}

const scenarios: readonly Scenario[] = ['home', 'out', 'new', 'offline', 'error', 'slow', 'long']

/** `?fake=<scenario>` chooses the world; it is remembered in the tab, so that links and reloads stay in it. */
function scenarioOf(): Scenario {
  const query = new URLSearchParams(location.search)
  const asked = query.get('fake') ?? sessionStorage.getItem('fake')
  const scenario = scenarios.find((name) => name === asked) ?? 'home'
  sessionStorage.setItem('fake', scenario)
  query.delete('fake')
  const rest = query.size === 0 ? '' : `?${query}`
  history.replaceState(history.state, '', location.pathname + rest + location.hash)
  return scenario
}

window.fake = new FakeClient(scenarioOf())
startPage(window.fake, must(document.getElementById('page'), 'index.html has it'))
