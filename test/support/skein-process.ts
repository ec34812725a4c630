import { main } from '@skein/server'

/* The `skein` command from sources, to be started as a process of its own. */

await main(process.argv.slice(2))
