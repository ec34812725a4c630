#!/usr/bin/env node
import { existsSync } from 'node:fs'

const built = new URL('../dist/main.js', import.meta.url)
if (!existsSync(built)) {
  console.error('Skein is not built yet. Run: npm run build')
  process.exit(78)
}
const { main } = await import(built.href)
await main(process.argv.slice(2))
