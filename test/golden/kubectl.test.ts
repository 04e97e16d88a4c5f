import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { resourceOf } from '../../engine/api/kinds/registry.ts'
import { MemoryStore } from '../../engine/api/memory-store.ts'
import type { KubeObject } from '../../engine/api/object.ts'
import { ApiServer } from '../../engine/apiserver/server.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'
import { findVerb } from '../../engine/cli/kubectl/find-verb.ts'
import { GLOBAL_FLAGS } from '../../engine/cli/kubectl/flags/groups.ts'
import { FlagError, parseFlags } from '../../engine/cli/kubectl/flags/parse.ts'
import { RECORDED } from '../../engine/cli/kubectl/recorded.data.ts'
import { VERBS } from '../../engine/cli/kubectl/verbs.ts'
import { runKubectl, words } from '../support/kubectl.ts'

interface Recording {
  readonly line: string
  readonly node: string
  readonly now: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
  readonly undetermined?: boolean
}

const open = (name: string) => gunzipSync(readFileSync(new URL(`./kubectl/${name}`, import.meta.url))).toString('utf8')

/** Lines whose answer is not this suite's to give: matched by a rule, counted, never hidden. */
const NOT_DUE: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /^kubectl (run tmp|label pods --all|rollout (history|undo))/, why: 'needs controllers; only the API server runs here' },
  { pattern: /^kubectl (create (ingress|job|cronjob)|autoscale|apply .*NetworkPolicy)/, why: 'the server does not write this kind yet' },
]

/** What Go prints in the order of a map: compared as sets of lines. */
const UNORDERED = /^kubectl describe ns/

/** What a cluster draws at random, masked on both sides (conformance/README.md, mutate). */
function masked(text: string): string {
  return text
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID')
    .replace(/(-[0-9a-f]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-POD')
    .replace(/\b10\.(9[6-9]|10\d|111)\.\d+\.\d+\b/g, 'VIP')
    .replace(/\b3[0-2]\d{3}\b/g, 'NODEPORT')
}

/** Commands and flags that a passing line used: "get --namespace". */
const used = new Set<string>()

function noteUse(line: string): void {
  const { verb, path, args } = findVerb(VERBS, words(line).slice(1))
  if (verb === undefined) return
  try {
    const { flags } = parseFlags([...verb.flags, ...GLOBAL_FLAGS], args)
    used.add(path.slice('kubectl '.length))
    for (const name of flags.names()) used.add(`${path.slice('kubectl '.length)} --${name}`)
  } catch (error) {
    if (!(error instanceof FlagError)) throw error
  }
}

async function play(scenario: string, mode: 'read' | 'mutate'): Promise<{ passed: number; notDue: number; failed: string[] }> {
  const objects: KubeObject[] = JSON.parse(open(`${scenario}.objects.json.gz`)).items
  const lines: Recording[] = open(`${scenario}.${mode}.jsonl.gz`)
    .split('\n')
    .filter(Boolean)
    .map((l) => JSON.parse(l))
  const store = new MemoryStore()
  for (const object of objects) {
    const resource = resourceOf(object.apiVersion, object.kind)
    if (resource !== undefined) store.putRaw(resource, object)
  }
  const clock = new Clock(Date.parse(lines[0]!.now))
  const node = objects.find((o) => o.kind === 'Node' && o.metadata.name === lines[0]!.node)
  const address = node?.status.addresses.find((a: { type: string }) => a.type === 'InternalIP').address
  const server = new ApiServer({ store, clock, dice: new Dice('golden'), profile: { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' } })
  // Only the API server ran when these were recorded.
  server.componentRuns = () => false
  const client = server.client({ name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] })
  const failed: string[] = []
  let passed = 0
  let notDue = 0
  for (const r of lines) {
    clock.advanceTo(Date.parse(r.now))
    const [, text = '', filter, here] = /^(.*?)(?: \| (.*?))?(?: <<< '(.*)')?$/.exec(r.line) ?? []
    const got = await runKubectl(text, { client, clock, server: `https://${address}:6443`, stdin: here === undefined ? '' : `${here}\n` })
    if (r.undetermined) continue
    const stdout = filter === 'grep -c .' ? `${got.stdout.split('\n').filter(Boolean).length}\n` : got.stdout
    const view = (t: string) => (UNORDERED.test(r.line) ? t.split('\n').sort().join('\n') : mode === 'mutate' ? masked(t) : t)
    if (view(stdout) === view(r.stdout) && view(got.stderr) === view(r.stderr) && got.exit === r.exit) {
      passed++
      noteUse(text)
    } else if (NOT_DUE.some((n) => n.pattern.test(r.line))) notDue++
    else {
      const shown = (values: unknown) => JSON.stringify(values).slice(0, 400)
      failed.push(`${r.line}\n  want ${shown([r.stdout, r.stderr, r.exit])}\n  got  ${shown([stdout, got.stderr, got.exit])}`)
    }
  }
  return { passed, notDue, failed }
}

for (const [scenario, mode, least] of [
  ['seed', 'read', 225],
  ['services', 'read', 170],
  ['workloads', 'read', 440],
  ['workloads', 'mutate', 80],
] as const) {
  test(`kubectl answers ${scenario}.${mode} as recorded`, async () => {
    const { passed, notDue, failed } = await play(scenario, mode)
    console.log(`kubectl ${scenario}.${mode}: ${passed} passed, ${notDue} not yet due, ${failed.length} failed`)
    expect(failed).toEqual([])
    expect(passed).toBeGreaterThanOrEqual(least)
  })
}

test('every command and flag that claims a recording has a passing one', () => {
  const claimed = Object.entries(RECORDED).flatMap(([command, flags]) => [command, ...flags.map((f) => `${command} --${f}`)])
  expect(claimed.filter((c) => !used.has(c))).toEqual([])
})
