import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Clock } from '../../../engine/clock/clock.ts'
import { Dice } from '../../../engine/clock/dice.ts'
import { Network } from '../../../engine/net/network.ts'
import { runOn } from '../node/lab.ts'

/** conntrack 1.4.7 on a 6.18 kernel, in a network namespace of its own for each record: flows made with -I, then one command of every kind, good and bad. */
interface Recorded {
  readonly id: string
  readonly steps: readonly { readonly argv: readonly string[]; readonly stdout: string; readonly stderr: string; readonly exit: number }[]
}

const records = gunzipSync(readFileSync('test/golden/behaviour/conntrack-tool.jsonl.gz'))
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)

/** Ids, the order of the hash, and which processor counted an insertion are the kernel's own. */
function masked(text: string): string {
  return text
    .replace(/id=\d+|<id>\d+/g, 'id')
    .replace(/insert=\d+/g, 'insert=N')
    .split('\n')
    .sort()
    .join('\n')
}

/** Which of several flows an update shows depends on the hash: the last one, or each. */
const shownLast = (argv: readonly string[]) => argv[1] === '-U'

test('conntrack answers every option of every command as conntrack 1.4.7 does', async () => {
  const failed: string[] = []
  let due = 0
  let passed = 0
  for (const r of records) {
    const clock = new Clock(Date.UTC(2026, 0, 1))
    const netns = new Network(clock, new Dice(1)).createNetns('nodes/n')
    for (const step of r.steps) {
      const seen = await runOn(netns, step.argv)
      if (seen.exit === 64) {
        due++
        break
      }
      const stdout = shownLast(step.argv) && step.stdout !== '' ? [...seen.stdout.split('\n').slice(-2)].join('\n') : seen.stdout
      const wanted = shownLast(step.argv) && step.stdout !== '' ? step.stdout.split('\n').slice(-2).join('\n') : step.stdout
      const free = shownLast(step.argv) && /[2-9] flow entries/.test(step.stderr)
      const same = seen.exit === step.exit && seen.stderr === step.stderr && (free || masked(stdout) === masked(wanted))
      if (same) passed++
      else {
        failed.push(`${r.id} ${step.argv.join(' ')}\n  wanted ${step.exit} ${JSON.stringify(step.stderr)} ${JSON.stringify(wanted).slice(0, 600)}\n  seen   ${seen.exit} ${JSON.stringify(seen.stderr)} ${JSON.stringify(stdout).slice(0, 600)}`)
        break
      }
    }
  }
  console.log(`conntrack-tool: ${passed} passed, ${due} not yet due (they say so themselves), ${failed.length} failed`)
  if (process.env['SHOW'] !== undefined) console.log(failed.join('\n'))
  expect(failed.map((f) => f.split('\n')[0])).toEqual([])
})
