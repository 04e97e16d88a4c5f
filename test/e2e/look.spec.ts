import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, openLab, run, settled, test } from './chainwalk.ts'
import { clickWord, toStep } from './walk.ts'

const DOCS = join(import.meta.dirname, '..', '..', 'docs', 'screenshots')

const SIZES = [
  [1280, 800],
  [1920, 1080],
] as const
/** What floats over a view lies the same at every size. */
const SMALL = SIZES.slice(0, 1)

/** A picture and an axe run at each size. */
async function lookAt(
  page: Page,
  name: string,
  path: (name: string) => string,
  sizes: readonly (readonly [number, number])[] = SIZES,
) {
  await page.evaluate(() => document.fonts.ready)
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height })
    await page.waitForTimeout(200)
    await page.screenshot({ path: path(`${name}-${width}`) })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(
      violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`),
      `${name} at ${width}×${height}`,
    ).toEqual([])
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      'the page does not scroll sideways',
    ).toBeLessThanOrEqual(0)
    for (const button of await page.locator('header button').all()) {
      const box = await button.boundingBox()
      if (box) expect(box.x + box.width, 'every button of the bar is inside the window').toBeLessThanOrEqual(width)
    }
  }
}

/** Colours and words do not depend on each other: each is looked at once, all pairs for the pictures of the documentation. */
const PAIRS = [
  ['dark', 'en'],
  ['light', 'vi'],
  ...(process.env.CHAINWALK_SCREENSHOTS
    ? ([
        ['dark', 'vi'],
        ['light', 'en'],
      ] as const)
    : []),
] as const

for (const [theme, locale] of PAIRS) {
  test(`${theme} ${locale}: every view at both sizes, without an axe violation, nothing cut off`, async ({ page, app }, info) => {
    // Twelve pictures and as many axe runs: a busy machine needs its time.
    test.setTimeout(360_000)
    const path = (name: string) => info.outputPath(`${name}.png`)
    await page.emulateMedia({ colorScheme: theme })
    await page.goto(app.url)
    await page.getByRole('button', { name: locale, exact: true }).click()
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    await lookAt(page, 'home-new', path)
    await openLab(page, app)
    await run(page, 'iptables -t nat -L KUBE-SVC-RGMS66KYPCAJJEVV')
    await run(page, 'curl -s http://10.108.197.131:8080')
    await run(page, 'conntrack -L -d 10.108.197.131')
    await page.getByRole('button', { name: /^7\. / }).click()
    // The step that translates: the walk's fullest.
    await toStep(page, /^KUBE-SEP-/)
    await page.locator('.xterm-helper-textarea').first().focus()
    await lookAt(page, 'lab', path)
    await page.locator('.cw-connection').click()
    await lookAt(page, 'connections', path, SMALL)
    await page.keyboard.press('Escape')
    await clickWord(page, 'KUBE-MARK-MASQ')
    await expect(page.locator('.card .hit').first()).toBeVisible()
    await lookAt(page, 'hits', path, SMALL)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+Shift+P')
    await lookAt(page, 'palette', path)
    await page.keyboard.press('Escape')
    await settled(page)
    await page.getByRole('button', { name: /Use your own kubectl|Dùng kubectl của bạn/ }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await lookAt(page, 'api', path, SMALL)
    await page.keyboard.press('Escape')
    await page.locator('.xterm-helper-textarea').first().focus()
    await page.keyboard.type('kubectl edit svc back-end-service -n myapp\n')
    await expect(page.locator('[data-editor] .cm-content')).toContainText('kind: Service')
    await page.keyboard.type(':%s/targetPort/targetport/\n')
    await expect(page.locator('[data-editor] .cm-lint-marker-error').first()).toBeVisible()
    await lookAt(page, 'editor', path, SMALL)
    await page.keyboard.type(':q!\n')
    await settled(page)
    await page.goto(`${app.url}#/settings`)
    await expect(page.locator('dl.rows')).toBeVisible()
    await lookAt(page, 'settings', path)
    await page.goto(`${app.url}#/`)
    await expect(page.locator('.continue')).toBeVisible()
    await lookAt(page, 'home', path)
    if (process.env.CHAINWALK_SCREENSHOTS && locale === 'en') {
      copyFileSync(path('lab-1280'), join(DOCS, `lab-${theme}.png`))
      if (theme === 'dark') copyFileSync(path('editor-1280'), join(DOCS, 'editor-dark.png'))
      if (theme === 'light') copyFileSync(path('home-1280'), join(DOCS, 'home.png'))
    }
  })
}
