import { expect, screen, settled, test } from './chainwalk.ts'

/** What has the focus, for reading in a failure. */
const focused = 'document.activeElement.closest("[data-command]") ? "command" : document.activeElement.className'

test('a lab can be walked without a mouse', async ({ page, app }) => {
  await page.goto(app.url)
  await expect(page.locator('.track a').first()).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('dnat')
  await page.locator('body').press('Tab')
  for (let stops = 0; stops < 12 && !(await page.evaluate('document.activeElement.closest(".list") !== null')); stops++) {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await settled(page)

  await page.keyboard.press('Control+Backquote')
  if ((await page.evaluate(focused)) !== 'command') await page.keyboard.press('Control+Backquote')
  expect(await page.evaluate(focused)).toBe('command')
  const before = (await screen(page)).length
  await page.keyboard.press('Control+Enter')
  await expect.poll(async () => (await screen(page)).length).toBeGreaterThan(before)
  await settled(page)

  // Back in the terminal a shell's keys are the shell's: Ctrl+B moves left and folds nothing.
  await page.keyboard.press('Control+Backquote')
  await page.keyboard.type('echo ac')
  await page.keyboard.press('Control+B')
  await page.keyboard.type('b')
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await screen(page)).includes('abc')).toBe(true)
  await expect(page.locator('.lesson')).toBeVisible()
  await page.keyboard.press('Control+Shift+B')
  await expect(page.locator('.lesson')).toHaveCount(0)
  await page.keyboard.press('Control+Shift+B')
  await expect(page.locator('.lesson')).toBeVisible()

  // F6 goes round every pane; the divider moves by arrow keys and its place is remembered.
  for (const pane of ['.lesson', '.tasks', '.area', '.walk', '.lab > header']) {
    for (
      let turns = 0;
      turns < 5 && !(await page.evaluate(`document.activeElement.closest(${JSON.stringify(pane)}) !== null`));
      turns++
    ) {
      await page.keyboard.press('F6')
    }
    expect(await page.evaluate(`document.activeElement.closest(${JSON.stringify(pane)}) !== null`), pane).toBe(true)
  }
  const divider = page.getByRole('separator', { name: 'Divider between lesson and terminal' })
  await divider.focus()
  const width = async () => (await page.locator('.left').boundingBox())?.width ?? 0
  const wide = await width()
  await page.keyboard.press('ArrowRight')
  await expect.poll(width).toBeGreaterThan(wide + 20)
  const wider = await width()
  await page.waitForTimeout(700)
  await page.reload()
  await expect.poll(width).toBeGreaterThan(wider - 3)

  // The palette reaches everything else; Escape goes back one thing at a time.
  await page.keyboard.press('Control+Shift+P')
  await page.keyboard.type('settings')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.locator('.lesson')).toBeVisible()
})

test('the names on screen can be reached by keyboard', async ({ page, app }) => {
  await page.goto(`${app.url}#/lab/from-endpoints-to-dnat`)
  await settled(page)
  await page.locator('.xterm-helper-textarea').focus()
  await page.keyboard.type('iptables -t nat -L KUBE-SVC-RGMS66KYPCAJJEVV\r')
  await expect.poll(async () => (await screen(page)).join('\n')).toContain('KUBE-SEP-AXVPFJ6VU2VXWKMK')
  await settled(page)
  await page.keyboard.press('Control+Shift+O')
  await page.keyboard.type('-t nat -L KUBE-SEP-AXV')
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await screen(page)).join('\n')).toContain('tcp to:10.0.2.209:8080')
})
