import type { Page } from '@playwright/test'
import { expect, openLab, run, screen, settled, test } from './chainwalk.ts'

/** The editor over the terminal, once its text is there. */
async function editor(page: Page) {
  const overlay = page.locator('[data-editor]')
  await expect(overlay.locator('.cm-content')).toBeVisible()
  return overlay
}

async function begin(page: Page, line: string) {
  await settled(page)
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
  return editor(page)
}

test('vi writes a file: keys of vim, an unknown field marked where it stands, :wq', async ({ page, app }) => {
  await openLab(page, app)
  const overlay = await begin(page, 'vi /root/svc.yaml')
  await page.keyboard.type(':set paste\n')
  await page.keyboard.type(
    'iapiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selctor:\n    app: web\n  ports:\n  - port: 80\n',
  )
  await page.keyboard.press('Escape')
  await expect(overlay.locator('.cm-lintRange-error, .cm-lint-marker-error').first()).toBeVisible()
  await overlay.locator('.cm-lint-marker-error').first().hover()
  await expect(page.locator('.cm-diagnostic').first()).toContainText('unknown field "selctor": is "selector" meant?')
  await page.keyboard.type(':%s/selctor/selector/\n')
  await expect(overlay.locator('.cm-lint-marker-error')).toHaveCount(0)
  await page.keyboard.type(':q\n')
  await expect(overlay.getByRole('status')).toContainText('No write since last change')
  await page.keyboard.type(':wq\n')
  await expect(page.locator('[data-editor]')).toHaveCount(0)
  expect(await run(page, 'grep -c selector /root/svc.yaml')).toEqual(['1'])
  expect(await run(page, 'kubectl apply -n myapp -f /root/svc.yaml')).toEqual(['service/web created'])
})

test('kubectl edit: what the server refuses comes back with its reason, and the text is kept', async ({ page, app }) => {
  await openLab(page, app)
  await begin(page, 'kubectl edit svc back-end-service -n myapp')
  await page.keyboard.type(':%s/- port: 8080/- port: 80800/\n:wq\n')
  const again = page.locator('[data-editor] .cm-content')
  await expect(again).toContainText('# services "back-end-service" was not valid:')
  await expect(again).toContainText('must be between 1 and 65535')
  await expect(again).toContainText('port: 80800')
  await page.keyboard.type(':%s/- port: 80800/- port: 8081/\n:wq\n')
  await expect(page.locator('[data-editor]')).toHaveCount(0)
  await settled(page)
  expect((await screen(page)).join('\n')).toContain('service/back-end-service edited')
  expect(
    (await run(page, 'kubectl get svc back-end-service -n myapp -o jsonpath={.spec.ports[0].port}; echo')).join(''),
  ).toContain('8081')
})

test('nano has plain keys; leaving with changes asks; a reload keeps what is not written', async ({ page, app }) => {
  await openLab(page, app)
  await begin(page, 'nano note.txt')
  await page.keyboard.type('one')
  await page.reload()
  const overlay = await editor(page)
  await expect(overlay.locator('.cm-content')).toHaveText('one')
  await overlay.locator('.cm-content').click()
  await page.keyboard.press('Control+x')
  await overlay.getByRole('button', { name: 'Save and close' }).click()
  await expect(page.locator('[data-editor]')).toHaveCount(0)
  expect(await run(page, 'cat note.txt')).toEqual(['one'])
})

test('visual block: a column is put before lines', async ({ page, app }) => {
  await openLab(page, app)
  const overlay = await begin(page, 'vim list.yaml')
  await page.keyboard.type('ia: 1\nb: 2\nc: 3')
  await page.keyboard.press('Escape')
  await page.keyboard.type('gg')
  await page.keyboard.press('Control+v')
  await page.keyboard.type('jjI# ')
  await page.keyboard.press('Escape')
  await expect(overlay.locator('.cm-line')).toHaveText(['# a: 1', '# b: 2', '# c: 3'])
  await page.keyboard.type(':q!\n')
  await expect(page.locator('[data-editor]')).toHaveCount(0)
  expect(await run(page, 'ls list.yaml')).toEqual(["ls: cannot access 'list.yaml': No such file or directory"])
})
