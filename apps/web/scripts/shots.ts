import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { buildFake } from '../test/support/build-fake.js'
import { findChromium, launchChromium } from '../test/support/browser.js'
import { shotList, type Shot } from '../test/support/shot-list.js'
import { serveBuilt } from '../test/support/static-server.js'

/*
 * Every screen and state x 320, 768, 1360 px x light, dark, to apps/web/screenshots. `npm run shots -- home thread` takes
 * only those whose name begins so.
 */
const widths = [320, 768, 1360]
const themes = ['light', 'dark'] as const
const out = fileURLToPath(new URL('../screenshots', import.meta.url))
const chromium = findChromium()
if (chromium === null) {
  process.stderr.write('No Chromium found: set SKEIN_CHROMIUM to one.\n')
  process.exit(1)
}
const asked = process.argv.slice(2)
const shots = shotList.filter(({ name }) => asked.length === 0 || asked.some((a) => name.startsWith(a)))

await mkdir(out, { recursive: true })
await using server = await serveBuilt(await buildFake())
const browser = await launchChromium(chromium)
for (const theme of themes) for (const width of widths) await takeAll(browser, width, theme)
await browser.close()
process.stdout.write(`${shots.length * widths.length * themes.length} screenshots in apps/web/screenshots\n`)

async function takeAll(from: Browser, width: number, theme: (typeof themes)[number]): Promise<void> {
  for (const shot of shots) {
    const context = await from.newContext({
      viewport: { width, height: width < 700 ? 780 : 960 },
      colorScheme: theme,
      reducedMotion: 'reduce',
    })
    const page = await context.newPage()
    await take(page, shot)
    await page.screenshot({
      path: `${out}/${shot.name}-${width}-${theme}.png`,
      fullPage: width > 700 && (shot.isWhole ?? false),
    })
    await context.close()
  }
}

async function take(page: Page, shot: Shot): Promise<void> {
  await page.goto(`${server.url}${shot.path}${shot.path.includes('?') ? '&' : '?'}fake=${shot.scenario ?? 'home'}`)
  await page.waitForSelector('#main')
  await shot.prepare?.(page)
  await page.waitForTimeout(60)
}
