import { expect, LAB, openLab, PROMPT, run, screen, settled, test } from './chainwalk.ts'

const SVC = 'iptables -t nat -L KUBE-SVC-RGMS66KYPCAJJEVV'
/** Lines of the first document, as it shows them. */
const CHAIN = [
  'Chain KUBE-SVC-RGMS66KYPCAJJEVV (1 references)',
  'target     prot opt source               destination',
  'KUBE-MARK-MASQ  tcp  -- !192.168.10.0/24      10.108.197.131       /* myapp/back-end-service cluster IP */',
  'KUBE-SEP-ZPYHQGISNP3GWMDD  all  --  anywhere             anywhere             /* myapp/back-end-service -> 10.0.1.122:8080 */ statistic mode random probability 0.50000000000',
  'KUBE-SEP-AXVPFJ6VU2VXWKMK  all  --  anywhere             anywhere             /* myapp/back-end-service -> 10.0.2.209:8080 */',
]
const ENDPOINTS = [
  'NAME                ENDPOINTS                         AGE',
  'back-end-service    10.0.1.122:8080,10.0.2.209:8080   47h',
  'front-end-service   10.0.1.111:80,10.0.2.112:80       47h',
  'sqlserver           10.0.1.218:1433                   47h',
]

test('open, read, click a command, type: the bytes of the first document, and the task ticks', async ({ page, app }) => {
  await openLab(page, app)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Four words about NAT')
  await expect(page.locator('.lesson')).toContainText('DNAT rewrites the destination')

  expect(await run(page, 'kg ep -n myapp')).toEqual(ENDPOINTS)
  await expect(page.locator('[data-task="read-endpoints"]')).toHaveAttribute('data-state', 'passed')

  await page.getByRole('button', { name: /^5\. / }).click()
  await expect(page.locator('.lesson .eyebrow')).toHaveText('Step 5 of 12')
  const before = (await settled(page)).length
  await page.locator('[data-command]').first().click()
  await expect.poll(async () => (await screen(page)).length).toBeGreaterThan(before)
  expect((await settled(page)).slice(before - 1, -1)).toEqual([
    `${PROMPT} iptables -t nat -L PREROUTING`,
    'Chain PREROUTING (policy ACCEPT)',
    'target     prot opt source               destination',
    'CILIUM_PRE_nat  all  --  anywhere             anywhere             /* cilium-feeder: CILIUM_PRE_nat */',
    'KUBE-SERVICES  all  --  anywhere             anywhere             /* kubernetes service portals */',
  ])
  await expect(page.locator('[data-task="list-prerouting"]')).toHaveAttribute('data-state', 'passed')

  expect(await run(page, SVC)).toEqual(CHAIN)
  await expect(page.locator('footer .mark')).toHaveText('recorded')
})

test('a task shows wanted beside seen until it is true', async ({ page, app }) => {
  await openLab(page, app)
  await page.getByRole('button', { name: /^11\. / }).click()
  const task = page.locator('[data-task="scale-three"]')
  await expect(task.locator('.wanted')).not.toBeEmpty()
  await expect(task.locator('.seen')).not.toBeEmpty()
  await run(page, 'kubectl scale deploy back-end -n myapp --replicas=3')
  await page.getByRole('button', { name: '+30 s' }).click()
  const chain = await run(page, SVC)
  expect(chain.filter((line) => line.startsWith('KUBE-SEP-'))).toHaveLength(3)
  expect(chain.join('\n')).toContain('probability 0.33333333349')
  await expect(task).toHaveAttribute('data-state', 'passed')
})

test('undo takes the whole cluster back, redo does it again', async ({ page, app }) => {
  await openLab(page, app)
  await run(page, 'kubectl scale deploy back-end -n myapp --replicas=1')
  await expect(page.locator('footer')).toContainText('datnd-master-node')
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(page.getByRole('button', { name: /^Redo: kubectl scale/ })).toBeEnabled()
  expect((await run(page, 'kubectl get deploy back-end -n myapp')).at(-1)).toMatch(/^back-end +2\/2 /)
})

test('a reload keeps the screen, the cluster and the ticks', async ({ page, app }) => {
  await openLab(page, app)
  await run(page, 'touch /root/kept; kg ep -n myapp')
  await expect(page.locator('[data-task="read-endpoints"]')).toHaveAttribute('data-state', 'passed')
  const before = await settled(page)
  await page.reload()
  await expect.poll(async () => await settled(page)).toEqual(before)
  await expect(page.locator('[data-task="read-endpoints"]')).toHaveAttribute('data-state', 'passed')
  expect(await run(page, 'ls /root')).toContain('kept')
})

test('closing the app and opening it again goes on where one was', async ({ page, app }) => {
  await openLab(page, app)
  await run(page, 'touch /root/kept; kg ep -n myapp')
  await expect(page.locator('[data-task="read-endpoints"]')).toHaveAttribute('data-state', 'passed')
  await app.stop()
  await expect(page.getByRole('alert')).toContainText('connection')
  await app.start()
  await page.goto(app.url)
  await expect(page.locator('.continue')).toContainText('From Endpoints to DNAT')
  await page.getByRole('link', { name: /^Open/ }).click()
  await expect(page.locator('[data-task="read-endpoints"]')).toHaveAttribute('data-state', 'passed')
  expect(await run(page, 'ls /root')).toContain('kept')
})

test('a killed emulator is started again and nothing is lost', async ({ page, app }) => {
  await openLab(page, app)
  await run(page, 'touch /root/kept; kg ep -n myapp')
  app.killEmulator()
  await expect(page.getByRole('status').filter({ hasText: 'nothing lost' })).toBeVisible()
  expect(await run(page, 'ls /root')).toContain('kept')
  await expect(page.locator('[data-task="read-endpoints"]')).toHaveAttribute('data-state', 'passed')
  expect(page.url()).toContain(LAB)
})

test('a prediction locks and the engine answers it; a hint costs what its button said', async ({ page, app }) => {
  await openLab(page, app)
  await page.getByRole('button', { name: /^10\. / }).click()
  const prediction = page.locator('form.predict')
  await prediction.getByRole('radio').first().check()
  await prediction.getByRole('button', { name: 'Lock my answer' }).click()
  await expect(prediction.getByRole('radio').first()).toBeDisabled()
  await expect(prediction.locator('.outcome')).toHaveCount(0)
  await run(page, 'kubectl exec -n myapp deploy/front-end -- curl -s http://10.108.197.131:8080')
  await expect(prediction.locator('.outcome')).toContainText('observed')
  await expect(prediction.locator('.outcome')).toContainText('Not as you said')

  const task = page.locator('[data-task="who-is-hidden"]')
  if ((await task.getByRole('button').first().getAttribute('aria-expanded')) === 'false') {
    await task.getByRole('button').first().click()
  }
  await task.getByRole('button', { name: /^Show hint 1/ }).click()
  await expect(task.locator('.hint')).toHaveCount(1)
})

test('reset goes back to the start of the scenario', async ({ page, app }) => {
  await openLab(page, app)
  await run(page, 'touch /root/gone; kg ep -n myapp')
  const task = page.locator('[data-task="read-endpoints"]')
  await expect(task).toHaveAttribute('data-state', 'passed')
  await page.getByRole('button', { name: 'Reset', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reset the lab' }).click()
  await expect(task).toHaveAttribute('data-state', 'open')
  expect(await run(page, 'ls /root')).not.toContain('gone')
})

test('a shell that was left can be opened again', async ({ page, app }) => {
  await openLab(page, app)
  await page.locator('.xterm-helper-textarea').focus()
  await page.keyboard.type('exit\r')
  await expect(page.getByRole('status').filter({ hasText: 'This shell has ended' })).toBeVisible()
  await page.getByRole('button', { name: 'Open it again' }).click()
  await settled(page)
  expect(await run(page, 'hostname')).toEqual(['datnd-master-node'])
})

test('terminals: another node, a name of one’s own, search, closing', async ({ page, app }) => {
  await openLab(page, app)
  await page.getByRole('button', { name: 'New terminal' }).click()
  await page.getByRole('menuitem', { name: 'New terminal on datnd-worker-node-1' }).click()
  await settled(page, 'root@datnd-worker-node-1:~#')
  const tabs = page.getByRole('tab')
  await expect(tabs).toHaveCount(2)
  await tabs.nth(1).focus()
  await page.keyboard.press('F2')
  await page.keyboard.type('the worker')
  await page.keyboard.press('Enter')
  await expect(tabs.nth(1)).toHaveText('the worker')
  await page.reload()
  await expect(tabs.nth(1)).toHaveText('the worker')
  await tabs.nth(1).focus()
  await page.keyboard.press('Delete')
  await expect(tabs).toHaveCount(1)

  await run(page, 'kg ep -n myapp')
  await page.keyboard.press('Control+Shift+F')
  await page.keyboard.type('10.0.1')
  await expect(page.locator('.search .count')).toHaveText(/ of 3$/)
  await page.keyboard.press('Escape')
  await expect(page.locator('.search .count')).toHaveCount(0)
})
