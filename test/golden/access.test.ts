import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { MemoryStore } from '../../engine/api/memory-store.ts'
import { ApiServer } from '../../engine/apiserver/server.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'
import { addNewClusterObjects } from '../../engine/cluster/defaults.ts'
import { runKubectl } from '../support/kubectl.ts'

/**
 * `kubectl auth`, `certificate`, `create role|binding|ingress|service|token` and `describe` of kinds of networking and access, as a
 * kubectl v1.35.4 printed them at a kube-apiserver v1.35.4 with its controllers. access/lines.jsonl.gz: lines in order; one with
 * `files` begins a new cluster. What is drawn at random was masked when it was recorded.
 */
interface Recording {
  readonly files?: Readonly<Record<string, string>>
  readonly line: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

const NOT_DUE: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /describe (endpoints|servicecidr)/, why: 'needs controllers; only the API server runs here' },
  { pattern: /^kubectl (certificate|-n network-k create service)$/, why: 'help is in our own words' },
  { pattern: /--save-config/, why: 'the annotation has the order of keys of a map, not of the Go struct' },
  { pattern: /auth can-i --list$/, why: 'a cluster of kubeadm binds its administrators twice' },
]

const NAMESPACE = 'network-k'
const NOW = '2026-11-23T02:00:00Z'
const KEPT_IPS = ['10.96.0.0', '10.96.0.1', '10.96.10.10', '10.96.10.11', '10.96.10.12', '10.111.255.255']
const KEPT_PORTS = ['30080', '30081', '32767']

function masked(text: string): string {
  return text
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID')
    .replace(/\b10\.(9[6-9]|10\d|11[01])\.(\d+)\.(\d+)\b/g, (ip) => (KEPT_IPS.includes(ip) ? ip : 'VIP'))
    .replace(/\b20\d\d-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/eyJ[\w.-]{50,}/g, 'TOKEN')
    .replace(/\b\d+m?s\b/g, 'AGE')
    .replace(/(JTI=)\S+?(?=[\]"])/g, '$1X')
    .replace(/(\w{3}, \d\d \w{3} \d{4} [\d:]+ [+-]\d{4})/g, 'DATE')
    .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'DATE')
    .replace(/\b3[0-2]\d{3}\b/g, (port) => (KEPT_PORTS.includes(port) ? port : 'NP'))
    .replace(/ +/g, ' ')
    .replace(/resourceVersion: "\d+"|"resourceVersion": "\d+"/g, 'RV')
    .replace(/uid: \S+/g, 'uid: U')
}

/** A new cluster with its API server alone, asked by its administrator. */
function cluster() {
  const store = new MemoryStore()
  const clock = new Clock(Date.parse(NOW))
  const dice = new Dice('access')
  const server = new ApiServer({ store, clock, dice, profile: { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' } })
  addNewClusterObjects(store, dice, { now: NOW, serviceCIDR: '10.96.0.0/12', server: undefined })
  const about = { creationTimestamp: NOW, labels: { 'kubernetes.io/metadata.name': NAMESPACE } }
  const metadata = { name: NAMESPACE, uid: dice.uuid(), ...about }
  const phase = { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }
  store.put('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata, ...phase })
  const account = { name: 'default', namespace: NAMESPACE, uid: dice.uuid(), creationTimestamp: NOW }
  store.put('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account })
  const groups = ['kubeadm:cluster-admins', 'system:masters', 'system:authenticated']
  return { clock, client: server.client({ name: 'kubernetes-admin', uid: 'admin', groups }) }
}

test('kubectl answers about access and networking as recorded', async () => {
  const lines: readonly Recording[] = gunzipSync(readFileSync(new URL('access/lines.jsonl.gz', import.meta.url)))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const failed: string[] = []
  let passed = 0
  let notDue = 0
  let here = cluster()
  let files: Readonly<Record<string, string>> = {}
  for (const { files: given, line, stdout, stderr, exit } of lines) {
    if (given !== undefined) {
      here = cluster()
      files = given
      continue
    }
    here.clock.advanceTo(here.clock.now + 1000)
    const got = await runKubectl(line, { ...here, server: 'https://192.168.56.10:6443', files: { ...files } })
    if (masked(got.stdout) === stdout && masked(got.stderr) === stderr && got.exit === exit) passed++
    else if (NOT_DUE.some(({ pattern }) => pattern.test(line))) notDue++
    else failed.push(`${line}\n  want ${JSON.stringify([stdout, stderr, exit])}\n  got  ${JSON.stringify([masked(got.stdout), masked(got.stderr), got.exit])}`)
  }
  console.log(`access and networking: ${passed} passed, ${notDue} not yet due, ${failed.length} failed`)
  expect(failed).toEqual([])
  expect(passed).toBeGreaterThan(200)
}, 120_000)
