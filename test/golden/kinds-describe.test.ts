import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { runBatchRecord } from '../../engine/index.ts'
import { hostPorts } from '../support/ports.ts'

/**
 * kinds/describe.json.gz: objects of the core kinds with every field set, statuses written through /status, and what kubectl
 * v1.35.4 printed of them (describe, get, events) against a kube-apiserver v1.35.4. Ages are masked: they depend on the moment.
 */
interface Recorded {
  readonly now: string
  readonly objects: readonly object[]
  readonly runs: readonly { readonly line: string; readonly out: string }[]
}

const recorded: Recorded = JSON.parse(
  gunzipSync(readFileSync(new URL('kinds/describe.json.gz', import.meta.url))).toString(),
)

/** Ages, and the widths of columns that hold them. */
function masked(text: string): string {
  return text
    .replace(/\b(\d+(y|d|h|m|s))+\b( |$)/gm, 'AGE ')
    .replace(/ +$/gm, '')
    .replace(/\(x(\d+) over AGE \)/g, '(x$1 over AGE)')
    .replace(/(\S) {2,}/g, '$1  ')
}

test('core kinds are described as recorded', async () => {
  const { now, objects, runs } = recorded
  const record = {
    id: 'describe',
    cluster: { objects, now, running: false },
    node: 'pods-n1',
    steps: runs.map(({ line }) => ({ line })),
  }
  const result = await runBatchRecord(JSON.parse(JSON.stringify(record)), { ...hostPorts(), lab: () => undefined })
  if ('error' in result) throw new Error(result.error)
  const failed = runs.filter(({ out }, i) => {
    const { stdout = '', stderr = '' } = result.steps[i] ?? {}
    return masked(`${stdout}${stderr}`) !== masked(out)
  })
  console.log(`core kinds described: ${runs.length - failed.length} passed, 0 not yet due, ${failed.length} failed`)
  expect(failed.map(({ line }) => line)).toEqual([])
  expect(runs.length).toBeGreaterThan(50)
})
