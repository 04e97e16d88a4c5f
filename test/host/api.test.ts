import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { ApiView } from '../../electron/contract/index.ts'
import { runningInstance } from '../../electron/host/instance.ts'
import { ask, follow } from '../support/api/https.ts'
import { until } from '../support/api/served.ts'
import { HostBench } from '../support/host/bench.ts'

let bench: HostBench
let attempt: string

beforeEach(async () => {
  bench = new HostBench()
  await bench.start()
  attempt = (await bench.ask('attempt.open', { lab: 'small', locale: 'en' })).attempt
})
afterEach(() => bench.dispose())

/** What a client reads in the kubeconfig. */
function access({ url, kubeconfig }: ApiView) {
  const config = parse(readFileSync(kubeconfig, 'utf8'))
  expect(config.clusters[0].cluster.server).toBe(url)
  const ca = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64').toString()
  return { url, ca, token: config.users[0].user.token as string }
}
const count = async (at: ReturnType<typeof access>) => JSON.parse((await ask(at, '/count')).body.toString()).count

describe("an attempt's API", () => {
  it('opens once, says where, and leaves nothing when it is closed', async () => {
    expect(await bench.ask('api.status', { attempt })).toBeNull()
    const view = await bench.ask('api.start', { attempt })
    expect(view).toEqual({
      url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      kubeconfig: join(bench.data, 'kubeconfig-small'),
      context: 'kubernetes-admin@small',
      command: `export KUBECONFIG=${join(bench.data, 'kubeconfig-small')}`,
    })
    expect(statSync(view.kubeconfig).mode & 0o777).toBe(0o600)
    expect(await bench.ask('api.start', { attempt })).toEqual(view)
    expect(await bench.ask('api.status', { attempt })).toEqual(view)
    expect(bench.events).toContainEqual({ event: 'api.state', attempt, api: view })
    const at = access(view)
    expect(await count(at)).toBe(0)
    await bench.ask('api.stop', { attempt })
    expect(existsSync(view.kubeconfig)).toBe(false)
    await expect(ask(at, '/count')).rejects.toThrow('ECONNREFUSED')
    expect(bench.events.at(-1)).toEqual({ event: 'api.state', attempt, api: null })
  })

  it('loses no write when the emulator dies; watches end', async () => {
    const at = access(await bench.ask('api.start', { attempt }))
    const watch = follow(at, '/count?watch=true')
    await until(() => watch.status() === 200, 'the watch')
    await ask(at, '/count', { method: 'POST' })
    await until(() => watch.text() === '{"type":"MODIFIED","object":{"count":1}}\n', 'the event')
    const [live] = (bench.host as unknown as { live: Map<string, { attempt: { pid: number } }> }).live.values()
    process.kill(live?.attempt.pid as number, 'SIGKILL')
    await until(() => watch.ended(), 'the end of the watch')
    expect(await count(at)).toBe(1)
    await ask(at, '/count', { method: 'POST' })
    expect(await count(at)).toBe(2)
  })

  it('says what stands in its way', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    await expect(bench.ask('api.start', { attempt, port })).rejects.toThrow(
      `api-failed: port ${port} is in use by another program`,
    )
    taken.close()
    const file = join(bench.data, 'kubeconfig-small')
    writeFileSync(file, 'mine')
    await expect(bench.ask('api.start', { attempt })).rejects.toThrow(`api-failed: ${file} was not written by Chainwalk`)
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  it('is opened by npm run api beside the app, and ends with it', async () => {
    const instance = await runningInstance(bench.data)
    const kubeconfig = join(bench.data, 'elsewhere')
    const hello = { token: instance?.token, api: { lab: 'small', port: 0, kubeconfig, force: false }, columns: 0, rows: 0 }
    const socket = connect(instance?.socket as string).setEncoding('utf8')
    socket.write(`${JSON.stringify({ hello })}\n`)
    const [line] = (await once(socket, 'data')) as [string]
    const { api } = JSON.parse(line) as { api: ApiView }
    expect(api.kubeconfig).toBe(kubeconfig)
    expect(await count(access(api))).toBe(0)
    socket.end()
    await until(() => !existsSync(kubeconfig), 'the kubeconfig to be removed')
    expect(await bench.ask('api.status', { attempt })).toBeNull()
  })
})
