import { expect, openLab, PROMPT, run, screen, settled, test } from './chainwalk.ts'
import { clickWord, connect, drag, drawer, stepsOfPacket, toStep } from './walk.ts'

const SERVICE = '10.108.197.131:8080'
const SVC = 'KUBE-SVC-RGMS66KYPCAJJEVV'

test('masqueraded: a Pod calls a Service, and every address that changes is seen to change', async ({ page, app }) => {
  await openLab(page, app)
  await connect(page, `kubectl exec -n myapp deploy/front-end -- curl -s http://${SERVICE}`)
  const { slider, packet, packets, rule, why, was, became, here, hooks, conclusion, row } = drawer(page)
  await expect(packet).toHaveText('SYN→')

  const titles = await stepsOfPacket(page)
  expect(titles).toEqual(expect.arrayContaining([`${SVC}, rule 1`, 'KUBE-MARK-MASQ, rule 1', 'KUBE-POSTROUTING, rule 3']))
  const order = [
    /^KUBE-SERVICES, rule \d+$/,
    /^KUBE-SVC-/,
    /^KUBE-MARK-MASQ, rule 1$/,
    /^KUBE-SEP-\w+, rule 2$/,
    /^KUBE-POSTROUTING, rule 3$/,
  ]
  const places = order.map((wanted) => titles.findIndex((text) => wanted.test(text)))
  expect(places, 'in the order of the path').toEqual(places.toSorted((a, b) => a - b))
  await expect(here).toHaveText('delivered')

  await toStep(page, /^KUBE-MARK-MASQ, rule 1$/)
  await expect(was('mark')).toHaveText('0x0')
  await expect(became('mark')).toHaveText(/0x4000$/)
  await expect(here).toHaveText('nat')
  await expect(rule.locator('.target')).toHaveText('-j MARK --set-xmark 0x4000/0x4000')

  await toStep(page, /^KUBE-SEP-\w+, rule 2$/)
  await expect(was('destination')).toHaveText(SERVICE)
  await expect(became('destination')).toHaveText(/10\.0\.[12]\.\d+:8080$/)
  await expect(row('state')).toContainText('NEW')

  await toStep(page, /^KUBE-POSTROUTING, rule 3$/)
  await expect(rule).toHaveText(
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
  )
  await expect(was('source')).toHaveText(/^10\.0\.1\.111:\d+$/)
  await expect(became('source')).toHaveText(/10\.0\.1\.1:\d+$/)
  await expect(became('counters')).toHaveText(/1 pkts, 60 bytes$/)
  await expect(why).toContainText('10.0.1.1')
  await expect(hooks).toContainText('POSTROUTING')
  await expect(conclusion).toContainText('connected')
  await expect(conclusion).toContainText('KUBE-POSTROUTING rule 3 made 10.0.1.1 its source')

  // From change to change: the mark, then the destination.
  await page.keyboard.press('Home')
  await page.keyboard.press('Control+ArrowRight')
  await expect(became('mark')).toHaveText(/0x4000$/)
  await page.keyboard.press('Control+ArrowRight')
  await expect(became('destination')).toHaveText(/:8080$/)

  // On past the last step comes the reply, translated back; one step back is the SYN again.
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowRight')
  await expect(packet).toHaveText('←SYN,ACK')
  await expect(packet).toHaveAccessibleName(/reply/)
  await expect(slider).toHaveAttribute('aria-valuenow', '1')
  await page.keyboard.press('ArrowLeft')
  await expect(packet).toHaveText('SYN→')
  await page.keyboard.press('PageDown')
  await toStep(page, /^Translation$/)
  await expect(became('destination')).toHaveText(/10\.0\.1\.111:\d+$/)
  await expect(row('state')).toContainText('ESTABLISHED')

  // Every packet to the end, and the conclusion there.
  for (let n = await packets.count(); n > 2; n--) await page.keyboard.press('PageDown')
  await page.keyboard.press('End')
  await expect(packet).toHaveText('ACK→')
  await expect(conclusion).toHaveClass(/reached/)
})

test('plain: from Pod to Pod no address changes; by dragging and by the buttons', async ({ page, app }) => {
  await openLab(page, app)
  await connect(page, 'kubectl exec -n myapp deploy/front-end -- curl -s http://10.0.2.209:8080')
  const { walk, slider, packet, here, hooks, became, conclusion, title } = drawer(page)
  const total = Number(await slider.getAttribute('aria-valuemax'))
  const titles = await stepsOfPacket(page)
  expect(titles.filter((text) => /^KUBE-(SVC|SEP)-/.test(text))).toEqual([])
  await expect(conclusion).toContainText('no address was changed on the way')
  await expect(hooks).toContainText('datnd-worker-node-2')

  await drag(page, slider, 0)
  await expect(slider).toHaveAttribute('aria-valuenow', '1')
  await expect(title).toHaveText('Socket')
  await drag(page, slider, 1)
  await expect(slider).toHaveAttribute('aria-valuenow', String(total))
  await expect(here).toHaveText('delivered')
  await expect(became('source')).toHaveCount(0)

  await walk.getByRole('button', { name: 'One step on' }).click()
  await expect(packet).toHaveText('←SYN,ACK')
  await drag(page, slider, 0.5)
  await expect(slider).not.toHaveAttribute('aria-valuenow', '1')
  await walk.getByRole('button', { name: 'First step of the packet' }).click()
  await walk.getByRole('button', { name: 'One step back' }).click()
  await expect(packet).toHaveText('SYN→')
  await expect(slider).toHaveAttribute('aria-valuenow', String(total))
})

test('hairpin: a Pod that its own Service leads to sees the node as the source', async ({ page, app }) => {
  await openLab(page, app)
  await run(page, 'kubectl scale deploy back-end -n myapp --replicas=1')
  await page.getByRole('button', { name: '+30 s' }).click()
  await connect(page, `kubectl exec -n myapp deploy/back-end -- curl -s http://${SERVICE}`)
  const { hooks, was, became, conclusion, here } = drawer(page)
  const pod = /back-end-\S+/.exec((await hooks.textContent()) ?? '')
  expect(pod).not.toBeNull()

  await toStep(page, /^KUBE-SEP-\w+, rule 1$/)
  await expect(drawer(page).why).toContainText('KUBE-MARK-MASQ')
  await toStep(page, /^KUBE-SEP-\w+, rule 2$/)
  const source = ((await was('source').textContent()) ?? '').replace(/:\d+$/, '')
  await expect(became('destination')).toHaveText(new RegExp(`${source.replaceAll('.', '\\.')}:8080$`))
  await toStep(page, /^KUBE-POSTROUTING, rule 3$/)
  await expect(became('source')).toHaveText(/10\.0\.[12]\.1:\d+$/)
  await page.keyboard.press('End')
  await expect(here).toHaveText('delivered')
  await expect(hooks.locator('.place').last()).toContainText('back-end-')
  await expect(conclusion).toContainText('connected')
})

test('rejected: a Service without endpoints answers at once, and its ICMP comes back', async ({ page, app }) => {
  await openLab(page, app)
  await run(page, 'kubectl scale deploy back-end -n myapp --replicas=0')
  await page.getByRole('button', { name: '+30 s' }).click()
  await connect(page, `curl -sS http://${SERVICE}`)
  const { packet, packets, title, rule, hooks, conclusion } = drawer(page)
  await expect(packets).toHaveCount(2)
  await drawer(page).slider.focus()
  await page.keyboard.press('End')
  await expect(title).toHaveText(/^KUBE-SERVICES, rule \d+$/)
  await expect(rule.locator('.target')).toHaveText('-j REJECT --reject-with icmp-port-unreachable')
  await expect(hooks.locator('.end')).toHaveText('rejected')
  await expect(conclusion).toContainText('refused')
  await expect(conclusion).toContainText('Rejected on node datnd-master-node')
  await page.keyboard.press('ArrowRight')
  await expect(packet).toContainText('ICMP port unreachable')
  await expect(packet).toHaveAccessibleName(/answers packet 1/)
  await page.keyboard.press('ArrowLeft')
  await expect(title).toHaveText(/^KUBE-SERVICES, rule \d+$/)
})

test('dropped: silence, and the rule that did it', async ({ page, app }) => {
  await openLab(page, app)
  await run(page, 'iptables -I OUTPUT -p tcp --dport 8080 -j DROP')
  await connect(page, `curl -sS --max-time 1 http://${SERVICE}`)
  const { packet, title, rule, hooks, conclusion, connection, was } = drawer(page)
  await expect(connection).toContainText('timed out')
  await expect(packet).toHaveAccessibleName(/dropped/)
  await drawer(page).slider.focus()
  await page.keyboard.press('End')
  await expect(title).toHaveText('OUTPUT, rule 1')
  await expect(rule).toHaveText('-A OUTPUT -p tcp -m tcp --dport 8080 -j DROP')
  await expect(rule.locator('.matched').first()).toHaveText('-p tcp')
  await expect(was('destination')).toHaveText(/^10\.0\.[12]\.\d+:8080$/)
  await expect(hooks.locator('.end')).toHaveText('dropped')
  await expect(conclusion).toContainText('Dropped on node datnd-master-node by OUTPUT rule 1; nobody was told')
  await page.keyboard.press('Home')
  await expect(title).toHaveText('Socket')
})

test('from a rule in the terminal to the packet that hit it, and from a step to the listing of its rule', async ({
  page,
  app,
}) => {
  await openLab(page, app)
  await connect(page, `curl -s http://${SERVICE}`)
  await run(page, `iptables -t nat -L ${SVC} -n`)
  const { walk, title, slider } = drawer(page)

  // The target of the first rule: its line is rule 1, its text the name of another chain.
  await clickWord(page, 'KUBE-MARK-MASQ')
  const card = page.getByRole('dialog', { name: 'chain KUBE-MARK-MASQ' })
  await expect(card).toContainText('Packets that hit KUBE-MARK-MASQ')
  await expect(card).toContainText(`Packets that hit rule 1 of ${SVC}`)
  await card
    .getByRole('button', { name: /packet 1, rule 1$/ })
    .last()
    .click()
  await expect(title).toHaveText(`${SVC}, rule 1`)
  await expect(slider).toBeFocused()

  // The step's rule runs its listing in the terminal of its node.
  const before = (await screen(page)).length
  await walk.getByRole('button', { name: /^Run in the terminal: iptables/ }).click()
  await expect.poll(async () => (await screen(page)).length).toBeGreaterThan(before)
  const listed = (await settled(page)).slice(before - 1)
  expect(listed[0]).toBe(`${PROMPT} iptables -t nat -L ${SVC} -n -v --line-numbers`)
  expect(listed[3]).toMatch(/^1 +1 +60 KUBE-MARK-MASQ /)

  // By keyboard: the names on screen, then the packets that hit one.
  await page.keyboard.press('Control+Shift+O')
  await page.keyboard.type(`packets that hit rule 1 of ${SVC}`)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: `Packets that hit rule 1 of ${SVC}` })).toBeVisible()
  await expect(page.getByRole('option', { name: /packet 1, rule 1/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(title).toHaveText(`${SVC}, rule 1`)
  await expect(slider).toBeFocused()
})

test('a step on another node is listed in a terminal of that node', async ({ page, app }) => {
  await openLab(page, app)
  await connect(page, 'kubectl exec -n myapp deploy/front-end -- curl -s http://10.0.2.209:8080')
  await toStep(page, /^PREROUTING, rule 1$/)
  await drawer(page).rule.click()
  await expect(page.getByRole('tab')).toHaveCount(2)
  await settled(page, 'root@datnd-worker-node-1:~#')
  await expect.poll(async () => (await screen(page)).join('\n')).toContain('iptables -t raw -L PREROUTING -n -v --line-numbers')
})

test('empty, undone, folded: the drawer keeps to what is there', async ({ page, app }) => {
  await openLab(page, app)
  const { walk, connection, packet, slider } = drawer(page)
  await expect(walk).toContainText('No connection yet.')
  await connect(page, `curl -s http://${SERVICE}`)
  await connect(page, 'curl -s http://10.0.2.209:8080')

  // Another connection by the list; Alt and the arrows step it from inside the terminal.
  await connection.click()
  await page.getByRole('menuitemradio', { name: /10\.108\.197\.131/ }).click()
  await expect(connection).toContainText(SERVICE)
  await page.locator('.xterm-helper-textarea').first().focus()
  await page.keyboard.press('Alt+ArrowRight')
  await expect(slider).toHaveAttribute('aria-valuenow', '2')
  await page.keyboard.press('Alt+ArrowLeft')
  await expect(slider).toHaveAttribute('aria-valuenow', '1')
  await expect(page.locator('.xterm-helper-textarea').first()).toBeFocused()

  // What was undone is no connection any more.
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(connection).toContainText(SERVICE)
  await connection.click()
  await expect(page.getByRole('menuitemradio')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(walk).toContainText('No connection yet.')
  await page.getByRole('button', { name: /^Redo/ }).click()
  await expect(packet).toHaveText('SYN→')

  // Height by the divider's arrow keys, the fold by its key: both are there after a reload.
  const height = async () => Math.round((await walk.boundingBox())?.height ?? 0)
  const usual = await height()
  await page.getByRole('separator', { name: 'Divider between terminal and packet walk' }).focus()
  await page.keyboard.press('ArrowUp')
  await expect.poll(height).toBeGreaterThan(usual + 20)
  const tall = await height()
  await page.locator('.xterm-helper-textarea').first().focus()
  await page.keyboard.press('Control+Shift+J')
  await expect(slider).toHaveCount(0)
  await page.reload()
  await expect(connection).toContainText(SERVICE)
  await expect(slider).toHaveCount(0)
  await page.locator('h1').first().click()
  await page.keyboard.press('Control+J')
  await expect(slider).toBeFocused()
  await expect.poll(height).toBeGreaterThan(tall - 4)
})
