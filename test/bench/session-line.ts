import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { ADMIN } from '../../electron/api/authenticate.ts'
import { Host } from '../../electron/host/host.ts'
import { sourceRuntime } from '../../electron/runtime.ts'
import { findKubectl } from '../live/real-kubectl.ts'

/** `kubectl get svc -A` of 1,000 services as a whole process: a line in the app's running session, and a real kubectl through HTTPS. */
const ROOT = join(import.meta.dirname, '..', '..')
const LAB = 'from-endpoints-to-dnat'
const SERVICES = 1000
const RUNS = 9
/** A real kubectl against a real API server with as many services, on this class of machine. */
const BUDGET_MS = 150

const show = (name: string, value: string, budget = '') =>
  process.stdout.write(`${name.padEnd(46)} ${value.padStart(14)}  ${budget}\n`)

const data = mkdtempSync(join(tmpdir(), 'chainwalk-bench-'))
const host = await Host.start({ runtime: sourceRuntime(ROOT), data, version: '0', transport: 'browser', systemLocale: 'en' })

/** Whole processes, one after the other: the median and the quickest. The host serves them from this one, so they run beside it. */
async function measure(name: string, command: string, args: readonly string[], budget = ''): Promise<void> {
  const times: number[] = []
  for (let n = 0; n < RUNS; n++) {
    const began = performance.now()
    const lines = await new Promise<number>((resolve, reject) => {
      let count = 0
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, CHAINWALK_DATA: data } })
      child.stdout.on('data', (bytes: Buffer) => {
        count += bytes.toString('latin1').split('\n').length - 1
      })
      child.on('error', reject)
      child.on('close', () => resolve(count))
    })
    times.push(performance.now() - began)
    if (lines < SERVICES) throw new Error(`${name}: ${lines} lines`)
  }
  times.sort((a, b) => a - b)
  show(name, `${times[RUNS >> 1]?.toFixed(0)} ms`, `${budget} quickest of ${RUNS}: ${times[0]?.toFixed(0)} ms`)
}

/** How quick the launcher's Node is with nothing to do: no line can be quicker. */
function floor(): void {
  const times = Array.from({ length: RUNS }, () => {
    const began = performance.now()
    spawnSync(process.execPath, ['-e', ''])
    return performance.now() - began
  }).sort((a, b) => a - b)
  show('Node starting, doing nothing', `${times[RUNS >> 1]?.toFixed(0)} ms`)
}

try {
  const view = await host.openApi({ lab: LAB, port: 0 })
  const opened = [
    ...(host as unknown as { live: Map<string, { api: import('../../electron/api/backend.ts').ApiBackend }> }).live.values(),
  ]
  const api = opened[0]?.api
  const path = '/api/v1/namespaces/default/services'
  for (let n = 0; n < SERVICES; n++) {
    const body = { apiVersion: 'v1', kind: 'Service', metadata: { name: `bench-${n}` }, spec: { ports: [{ port: 80 }] } }
    const reply = await api?.request(ADMIN, { method: 'POST', path, body })
    if (reply?.status !== 201) throw new Error(`service ${n}: ${reply?.body}`)
  }
  floor()
  const line = [join(ROOT, 'electron', 'bin', 'shell.mjs'), '--session', '-c', 'kubectl get svc -A']
  await measure('get svc -A, 1,000 services, a line in the app', process.execPath, line, `≤ ${BUDGET_MS} ms`)
  const real = findKubectl()
  if (real === undefined) show('get svc -A, a real kubectl', '-', 'no kubectl on PATH')
  else
    await measure(`get svc -A, kubectl ${real.version} over HTTPS`, real.path, [
      '--kubeconfig',
      view.kubeconfig,
      'get',
      'svc',
      '-A',
    ])
} finally {
  await host.close()
  rmSync(data, { recursive: true, force: true })
}
process.exit()
