import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { resourceOf } from '../../engine/api/kinds/registry.ts'
import { MemoryStore } from '../../engine/api/memory-store.ts'
import type { KubeObject } from '../../engine/api/object.ts'
import { ApiServer } from '../../engine/apiserver/server.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'
import { runKubectl } from '../support/kubectl.ts'

interface Recording {
  readonly line: string
  readonly node: string
  readonly now: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

const open = (name: string) => gunzipSync(readFileSync(new URL(`./kubectl/${name}`, import.meta.url))).toString('utf8')

/** Lines whose answer is not this suite's to give: matched by a rule, counted, never hidden. */
const NOT_DUE: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /^kubectl get cs$/, why: 'needs the health of control-plane processes, which a store alone does not have' },
]

/** What Go prints in the order of a map: compared as sets of lines. */
const UNORDERED = /^kubectl describe ns/

async function play(scenario: string): Promise<{ passed: number; notDue: number; failed: string[] }> {
  const objects: KubeObject[] = JSON.parse(open(`${scenario}.objects.json.gz`)).items
  const lines: Recording[] = open(`${scenario}.read.jsonl.gz`).split('\n').filter(Boolean).map((l) => JSON.parse(l))
  const store = new MemoryStore()
  for (const object of objects) {
    const resource = resourceOf(object.apiVersion, object.kind)
    if (resource !== undefined) store.putRaw(resource, object)
  }
  const clock = new Clock(Date.parse(lines[0]!.now))
  const node = objects.find((o) => o.kind === 'Node' && o.metadata.name === lines[0]!.node)
  const address = node?.status.addresses.find((a: { type: string }) => a.type === 'InternalIP').address
  const server = new ApiServer({ store, clock, dice: new Dice('golden'), profile: { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' } })
  const client = server.client({ name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] })
  const failed: string[] = []
  let passed = 0
  let notDue = 0
  for (const r of lines) {
    clock.advanceTo(Date.parse(r.now))
    const [command = '', filter] = r.line.split(' | ')
    const got = await runKubectl(command, { client, clock, server: `https://${address}:6443` })
    const stdout = filter === 'grep -c .' ? `${got.stdout.split('\n').filter(Boolean).length}\n` : got.stdout
    const view = (text: string) => (UNORDERED.test(r.line) ? text.split('\n').sort().join('\n') : text)
    if (view(stdout) === view(r.stdout) && got.stderr === r.stderr && got.exit === r.exit) passed++
    else if (NOT_DUE.some((n) => n.pattern.test(r.line))) notDue++
    else failed.push(`${r.line}\n  want ${JSON.stringify([r.stdout, r.stderr, r.exit]).slice(0, 400)}\n  got  ${JSON.stringify([stdout, got.stderr, got.exit]).slice(0, 400)}`)
  }
  return { passed, notDue, failed }
}

for (const scenario of ['seed', 'services', 'workloads']) {
  test(`kubectl reads ${scenario} as recorded`, async () => {
    const { passed, notDue, failed } = await play(scenario)
    console.log(`kubectl ${scenario}: ${passed} passed, ${notDue} not yet due, ${failed.length} failed`)
    expect(failed).toEqual([])
    expect(passed).toBeGreaterThan(150)
  })
}
