import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { describePages } from '../support/page-suite.js'
import { shotList } from '../support/shot-list.js'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

declare global {
  interface Window {
    axe: { run(context: Document, options: object): Promise<AxeResults> }
  }
}

/** What depends on the window and the theme; everything else is the same in all four. */
const visual = ['color-contrast', 'target-size', 'link-in-text-block', 'scrollable-region-focusable']

async function violations(page: Page, onlyVisual: boolean): Promise<string[]> {
  const options = onlyVisual
    ? { runOnly: { type: 'rule', values: visual } }
    : { rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'] }
  const found = await page.evaluate(async (o) => (await window.axe.run(document, o)).violations, options)
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
  )
}

describePages('accessibility', ({ open }) => {
  let source = ''
  before(async () => {
    source = await readFile(axePath, 'utf8')
  })

  for (const shot of shotList)
    it(`[WEB52] axe finds nothing on ${shot.name}, light and dark, 320 and 1360 px`, async () => {
      const page = await open(shot.path, { scenario: shot.scenario ?? 'home', width: 320, height: 780 })
      await shot.prepare?.(page)
      await page.evaluate(source)
      await page.evaluate(() => scrollTo(0, 0))
      const found: string[] = []
      for (const [width, scheme] of [
        [320, 'light'],
        [320, 'dark'],
        [1360, 'dark'],
        [1360, 'light'],
      ] as const) {
        await page.setViewportSize({ width, height: 900 })
        await page.emulateMedia({ colorScheme: scheme })
        const isFirst = width === 320 && scheme === 'light'
        found.push(...(await violations(page, !isFirst)).map((v) => `${width} ${scheme} ${v}`))
      }
      expect(found).to.deep.equal([])
    })
})
