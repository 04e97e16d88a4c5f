import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Chainwalk, expect, LAB, openLab, test } from './chainwalk.ts'

const LABS = join(import.meta.dirname, '..', '..', 'labs')
const HOSTILE = `
<script>window.harmed = 'script'</script>
<img src="x" onerror="window.harmed = 'image'">
<a href="javascript:window.harmed = 'link'" onclick="window.harmed = 'click'">a link</a>
<form action="https://example.org/"><input name="x"></form>
<p style="position: fixed; inset: 0">cover</p>

See [the RFC](https://www.rfc-editor.org/rfc/rfc3022).
`

test('tags in a lesson are text, its links are addresses: nothing of it runs and the window goes nowhere', async ({
  page,
}, info) => {
  const labs = info.outputPath('labs')
  cpSync(LABS, labs, { recursive: true })
  const lesson = join(labs, LAB, 'lesson.en.md')
  writeFileSync(lesson, readFileSync(lesson, 'utf8').replace(/(\{#nat-words\}\n)/, `$1${HOSTILE}`))
  const app = new Chainwalk()
  await app.start(labs)
  try {
    await openLab(page, app)
    const text = page.locator('.lesson .text')
    await expect(text).toContainText('<script>window.harmed')
    await expect(text).toContainText('the RFC (https://www.rfc-editor.org/rfc/rfc3022)')
    await page.getByText('a link').click()
    expect(await page.evaluate('window.harmed')).toBeUndefined()
    await expect(
      text.locator('script, img, a, form, [style], [onclick]').filter({ hasNot: page.locator('.predict') }),
    ).toHaveCount(0)
    expect(page.url()).toContain(`#/lab/${LAB}`)
  } finally {
    await app.dispose()
  }
})
