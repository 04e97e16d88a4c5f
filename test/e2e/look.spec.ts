import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, openLab, run, settled, test } from './chainwalk.ts'

const DOCS = join(import.meta.dirname, '..', '..', 'docs', 'screenshots')

async function lookAt(page: Page, path: string) {
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path })
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`)).toEqual([])
}

for (const theme of ['dark', 'light'] as const) {
  for (const locale of ['en', 'vi'] as const) {
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      test(`${theme} ${locale} ${width}×${height}: every view without an axe violation, nothing cut off`, async ({
        page,
        app,
      }, info) => {
        const shot = (name: string) => info.outputPath(`${name}.png`)
        await page.setViewportSize({ width, height })
        await page.emulateMedia({ colorScheme: theme })
        await page.goto(app.url)
        await page.getByRole('button', { name: locale, exact: true }).click()
        await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
        await lookAt(page, shot('home-new'))
        await openLab(page, app)
        await run(page, 'iptables -t nat -L KUBE-SVC-RGMS66KYPCAJJEVV')
        await run(page, 'curl -s http://10.108.197.131:8080')
        await run(page, 'conntrack -L -d 10.108.197.131')
        await page.getByRole('button', { name: /^7\. / }).click()
        await lookAt(page, shot('lab'))
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect(overflow, 'the page does not scroll sideways').toBeLessThanOrEqual(0)
        for (const button of await page.locator('header button').all())
          expect(((await button.boundingBox())?.x ?? width) + 20).toBeLessThan(width)
        await page.keyboard.press('Control+Shift+P')
        await lookAt(page, shot('palette'))
        await page.keyboard.press('Escape')
        await settled(page)
        await page.goto(`${app.url}#/settings`)
        await expect(page.locator('dl.rows')).toBeVisible()
        await lookAt(page, shot('settings'))
        await page.goto(`${app.url}#/`)
        await expect(page.locator('.continue')).toBeVisible()
        await lookAt(page, shot('home'))
        if (process.env.CHAINWALK_SCREENSHOTS && locale === 'en' && width === 1280) {
          copyFileSync(shot('lab'), join(DOCS, `lab-${theme}.png`))
          if (theme === 'light') copyFileSync(shot('home'), join(DOCS, 'home.png'))
        }
      })
    }
  }
}
