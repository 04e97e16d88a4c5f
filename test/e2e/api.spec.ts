import { execFile } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { request } from 'node:https'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { parse } from 'yaml'
import { expect, openLab, run, screen, settled, test } from './chainwalk.ts'

const exec = promisify(execFile)

interface Answer {
  readonly status: number
  readonly body: { readonly [key: string]: unknown }
}

/** A client with nothing but the kubeconfig that the window shows. */
function clientOf(kubeconfig: string) {
  const config = parse(readFileSync(kubeconfig, 'utf8'))
  const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster
  const { token } = config.users[0].user
  return (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const url = new URL(path, server)
      const call = request(
        url,
        { method, ca: Buffer.from(ca, 'base64'), headers: { Authorization: `Bearer ${token}`, ...headers } },
        (response) => {
          let text = ''
          response.on('data', (piece) => {
            text += piece
          })
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }))
        },
      )
      call.on('error', reject)
      call.end(body === undefined ? undefined : JSON.stringify(body))
    })
}

async function openApi(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Use your own kubectl' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Open the API' }).click()
  const command = await dialog.locator('pre').innerText()
  const kubeconfig = command.replace(/^export KUBECONFIG=/, '').trim()
  expect(existsSync(kubeconfig)).toBe(true)
  expect(statSync(kubeconfig).mode & 0o777).toBe(0o600)
  return kubeconfig
}

test('a client from outside rolls out while the terminal watches; undo takes it back; closing ends it', async ({ page, app }) => {
  await openLab(page, app)
  const client = clientOf(await openApi(page))
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click()
  await page.locator('.xterm-helper-textarea').first().focus()
  await page.keyboard.type('kubectl get deploy back-end -n myapp -w\n')
  await expect.poll(async () => (await screen(page)).join('\n')).toContain('back-end   2/2     2            2')

  const path = '/apis/apps/v1/namespaces/myapp/deployments/back-end'
  const patched = await client('PATCH', path, { spec: { replicas: 3 } }, { 'Content-Type': 'application/merge-patch+json' })
  expect(patched.status).toBe(200)
  await expect.poll(async () => (await screen(page)).join('\n')).toContain('back-end   3/3     3            3')
  await page.keyboard.press('Control+c')
  await settled(page)
  expect((await run(page, 'kubectl get pods -n myapp -l app=back-end --no-headers')).length).toBe(3)

  await page.getByRole('button', { name: 'Use your own kubectl' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Close the API' }).click()
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Open the API' })).toBeVisible()
  await expect(client('GET', path)).rejects.toThrow()
})

test('a real kubectl works on the cluster of the window, where there is one', async ({ page, app }) => {
  const kubectl = await exec('kubectl', ['version', '--client', '-o', 'json']).then(
    ({ stdout }) => JSON.parse(stdout).clientVersion.minor as string,
    () => undefined,
  )
  test.skip(kubectl === undefined, 'there is no kubectl on this machine')
  await openLab(page, app)
  const KUBECONFIG = await openApi(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click()
  const real = async (...args: string[]) => (await exec('kubectl', args, { env: { ...process.env, KUBECONFIG } })).stdout
  expect(await real('get', 'svc', '-n', 'myapp', '-o', 'name')).toBe(
    'service/back-end-service\nservice/front-end-service\nservice/sqlserver\n',
  )
  expect(await real('create', 'configmap', 'from-outside', '--from-literal=a=1')).toBe('configmap/from-outside created\n')
  await page.locator('.xterm-helper-textarea').first().focus()
  expect(await run(page, 'kubectl get cm from-outside -o jsonpath={.data.a}; echo')).toEqual(['1'])
})
