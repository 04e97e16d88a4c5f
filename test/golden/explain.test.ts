import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { MemoryStore } from '../../engine/api/memory-store.ts'
import { ApiServer } from '../../engine/apiserver/server.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'
import { runKubectl } from '../support/kubectl.ts'

interface Recording {
  readonly line: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

const lines = JSON.parse(
  gunzipSync(readFileSync(new URL('./explain/lines.json.gz', import.meta.url))).toString(),
) as readonly Recording[]

/** Explain's output without its prose: what the recordings left out, too. */
function bare(text: string): string {
  const out: string[] = []
  let part: 'head' | 'description' | 'fields' = 'head'
  for (const line of text.split('\n')) {
    if (line.startsWith('DESCRIPTION:')) part = 'description'
    else if (line.startsWith('FIELDS:')) part = 'fields'
    else if (part === 'description') continue
    else if (part === 'fields' && !line.includes('\t<') && !line.trim().startsWith('enum: ')) continue
    out.push(line)
  }
  return out.join('\n')
}

test('explain, api-resources and api-versions print what the real kubectl printed, prose aside', async () => {
  const clock = new Clock(Date.parse('2026-11-23T00:00:00Z'))
  const profile = { kubernetes: '1.35.4', serviceCIDR: '10.96.0.0/12' }
  const server = new ApiServer({ store: new MemoryStore(), clock, dice: new Dice(1), profile })
  const client = server.client({ name: 'kubernetes-admin', groups: ['system:masters'] })
  const failed: string[] = []
  for (const r of lines) {
    const got = await runKubectl(r.line, { client, clock, server: 'https://192.168.56.10:6443' })
    const stdout = r.line.includes('explain') ? bare(got.stdout) : got.stdout
    const same = stdout === r.stdout && got.stderr === r.stderr && got.exit === r.exit
    if (!same) failed.push(`${r.line}\n  want ${JSON.stringify([r.stdout, r.stderr, r.exit]).slice(0, 500)}\n  got  ${JSON.stringify([stdout, got.stderr, got.exit]).slice(0, 500)}`)
  }
  console.log(`explain: ${lines.length - failed.length} passed, 0 not yet due, ${failed.length} failed`)
  expect(failed).toEqual([])
})
