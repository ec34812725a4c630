import { browserStorage, createClient } from '@skein/client'
import { startPage } from './start.js'
import { must } from './state/must.js'

const client = createClient({ url: location.origin, storage: browserStorage(), app: 'Skein on the web' })
startPage(client, must(document.getElementById('page'), 'index.html has it'))
