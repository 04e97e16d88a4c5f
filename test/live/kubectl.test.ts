import { readFileSync } from 'node:fs'
import process from 'node:process'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../engine/index.ts'
import { type Served, serve } from '../support/api/served.ts'
import { ACCESS_DIFFERENCES, VERSION_DIFFERENCES } from './kubectl-versions.data.ts'
import { findKubectl, KubectlHome, type Ran, type RealKubectl } from './real-kubectl.ts'

interface Recording extends Ran {
  readonly line: string
  readonly now: string
  readonly undetermined?: boolean
}

/** All lines, or so many of them, spread evenly, that npm test stays short. */
const ALL = process.env.CHAINWALK_LIVE === 'all'
const SAMPLE = { read: 27, mutate: 40 }
/** Clients of these versions print most things themselves, and as v1.35 does but for the listed differences. */
const WHOLE_FROM = 31

const open = (name: string) => gunzipSync(readFileSync(new URL(`../golden/kubectl/${name}`, import.meta.url))).toString('utf8')

/** What the client computes from its own machine's clock, which is not the cluster's. */
const AGE =
  /\b(?:\d+y)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)\b|\b(?:\d+y)?(?:\d+d)(?:\d+h)?\b|\b(?:\d+h)(?:\d+m)?\b|\b\d+[ym]\b|<invalid>/g
const CLIENT_AGES = /^kubectl (describe|events)\b/
/** What Go prints in the order of a map. */
const UNORDERED = /^kubectl (describe ns|label pods --all)/

function viewed(text: string, { line }: Recording, url: string, drawn: boolean): string {
  // Where the cluster is reached.
  let out = text.replaceAll(url, 'SERVER').replace(/https:\/\/[\d.]+:6443/g, 'SERVER')
  // Columns are as wide as what stands in them.
  if (CLIENT_AGES.test(line)) out = out.replace(AGE, 'AGE').replace(/ +/g, ' ').replace(/-{3,}/g, '---')
  if (UNORDERED.test(line)) out = out.split('\n').sort().join('\n')
  // What a cluster draws at random (conformance/README.md, mutate).
  if (drawn) {
    out = out
      .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID')
      .replace(/(-[0-9a-f]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-POD')
      .replace(/\b10\.(9[6-9]|10\d|111)\.\d+\.\d+\b/g, 'VIP')
      .replace(/\b3[0-2]\d{3}\b/g, 'NODEPORT')
      .replace(AGE, 'AGE')
      .replace(/ +/g, ' ')
  }
  return out
}

/** Of an old client: what the server answers for it, and the exit code. */
const SERVER_PRINTED = /^kubectl get .*(-o (json|name|jsonpath)\b|(?<! -o \S+)$)/

function spread(lines: readonly Recording[], count: number): Recording[] {
  if (ALL || lines.length <= count) return [...lines]
  return Array.from({ length: count }, (_, i) => lines[Math.floor((i * lines.length) / count)] as Recording)
}

async function clusterOf(name: string, first: Recording, running: boolean): Promise<Served> {
  const objects = (JSON.parse(open(`${name}.objects.json.gz`)) as { items: Json[] }).items
  const profile = running ? { kubelet: 'stub' as const } : {}
  return await serve({ cluster: { objects, now: first.now, running, profile } }, 'fixed')
}

async function play(kubectl: RealKubectl, name: string, mode: 'read' | 'mutate'): Promise<{ counts: string; failed: string[] }> {
  const all = open(`${name}.${mode}.jsonl.gz`)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Recording)
  const running = mode === 'mutate'
  // A sequence is played from its start; lines that look may be picked.
  const lines = running ? all.slice(0, ALL ? all.length : SAMPLE.mutate) : spread(all, SAMPLE.read)
  const served = await clusterOf(name, all[0] as Recording, running)
  const home = new KubectlHome(served.folder, kubectl.path)
  const failed: string[] = []
  let [passed, known, left] = [0, 0, 0]
  const one = async (recording: Recording) => {
    const { line } = recording
    const later = Date.parse(recording.now) - served.session.now
    if (later > 0) await served.session.apply({ type: 'clock', action: 'advance', ms: later })
    const got = await home.run(line)
    const whole = kubectl.minor >= WHOLE_FROM
    const printed = whole || SERVER_PRINTED.test(line)
    // An old client's sequence is followed by what it leads to: exit codes, and what the server prints of it.
    if (recording.undetermined || (!printed && !running)) {
      left++
      return
    }
    const view = (ran: Ran) => {
      const text = (of: string) => viewed(of, recording, served.open.view.url, running)
      const words = whole ? [text(ran.stdout), text(ran.stderr)] : printed ? [text(ran.stdout)] : []
      return JSON.stringify([...words, ran.exit])
    }
    if (view(got) === view(recording)) passed++
    else if (differs(line, kubectl.minor)) known++
    else failed.push(`${line}\n  want ${view(recording).slice(0, 600)}\n  got  ${view(got).slice(0, 600)}`)
  }
  try {
    // One after the other: each at its own time.
    for (const recording of lines) await one(recording)
    expect(served.api.open).toEqual({ watches: 0, streams: 0 })
  } finally {
    await served.close()
  }
  const counts = `${lines.length} of ${all.length} lines: ${passed} passed, ${known} differ by version, ${left} not compared, ${failed.length} failed`
  return { counts, failed }
}

function differs(line: string, minor: number): boolean {
  return (
    ACCESS_DIFFERENCES.some((each) => each.line.test(line)) ||
    VERSION_DIFFERENCES.some((each) => minor < each.before && each.line.test(line))
  )
}

const kubectl = findKubectl()
if (kubectl === undefined) console.log('no kubectl on PATH: the live comparison is skipped')

describe.skipIf(kubectl === undefined)('a real kubectl against the API', () => {
  const real = kubectl as RealKubectl
  for (const [name, mode] of [
    ['seed', 'read'],
    ['services', 'read'],
    ['workloads', 'read'],
    ['workloads', 'mutate'],
  ] as const) {
    test(`prints ${name}.${mode} as recorded`, async () => {
      const { counts, failed } = await play(real, name, mode)
      console.log(`kubectl ${real.version}, ${name}.${mode}: ${counts}${ALL ? '' : ' (CHAINWALK_LIVE=all runs every line)'}`)
      expect(failed).toEqual([])
    }, 600_000)
  }
})
