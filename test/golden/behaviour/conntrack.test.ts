import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Bench } from '../../../engine/net/behaviour.harness.ts'
import { runOn } from '../node/lab.ts'

interface Recorded {
  readonly id: string
  readonly scenario: string
  readonly argv: readonly string[]
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

const rules = readFileSync('test/golden/behaviour/lab.rules', 'utf8')
const records = readFileSync('test/golden/behaviour/behaviour.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)
  .filter((r) => r.scenario === 'conntrack-cli')

/** Ports and ids are the dice's; which of two pods, too; entries come in hash order. */
function masked(text: string): string[] {
  return text
    .replace(/(?<=port=)(?!8080|53\b|40002)\d+|(?<=<[sd]port>)(?!8080|53\b|40002)\d+/g, 'N')
    .replace(/id=\d+|<id>\d+/g, 'id')
    .replace(/10\.0\.(1\.122|2\.209)/g, 'POD')
    .split('\n')
    .sort()
}

test('conntrack says what conntrack 1.4.7 said, one command after the other', async () => {
  const bench = new Bench(5, rules, ['1.8.9', 'nft'])
  bench.talk(bench.pods['p3'] as Bench['node'], '10.108.197.131', 8080, 1)
  bench.talk(bench.client, '10.108.197.131', 8080, 1)
  const udp = bench.client.ip.openUdp({ dst: '10.96.0.10', port: 53, sport: 40002, uid: 0 })
  if (typeof udp === 'string') throw new Error(udp)
  udp.send('x')
  const failed: string[] = []
  for (const r of records) {
    const seen = await runOn(bench.node, r.argv, {}, /must be root/.test(r.stderr) ? 1000 : 0)
    const same = seen.exit === r.exit && seen.stderr === r.stderr && masked(seen.stdout).join() === masked(r.stdout).join()
    if (!same) failed.push(`${r.id} ${r.argv.join(' ')}: ${JSON.stringify(seen).slice(0, 400)}\n   wanted ${r.exit} ${JSON.stringify(r.stdout + r.stderr).slice(0, 400)}`)
  }
  console.log(`conntrack: ${records.length - failed.length} passed, 0 not yet due, ${failed.length} failed`)
  expect(failed).toEqual([])
})
