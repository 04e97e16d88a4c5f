import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Case, play } from '../support/iptables-runner.ts'

/**
 * Recordings of Debian's iptables 1.8.7, 1.8.9, 1.8.11 and 1.8.13 on both backends, every case as every reader it was recorded for.
 * What is not yet due is named by a rule below, counted and printed; everything else must be equal byte for byte.
 */
const folder = new URL('iptables/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder), 'latin1')
const cases = gunzipSync(readFileSync(new URL('cases.jsonl.gz', folder)))
  .toString('latin1')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Case)
const files = new Map([
  ['/etc/services', read('etc-services.txt')],
  ['/etc/protocols', read('etc-protocols.txt')],
  ['/etc/hosts', read('etc-hosts.txt')],
])
const rulesets = new Map<string, string>()
const ruleset = (name: string) => {
  const text = rulesets.get(name) ?? read(name)
  rulesets.set(name, text)
  return text
}

function notYetDue(c: Case, reader: string): string | undefined {
  // nft of 1.8.8 and later prints each rule as the kernel's expressions, with handles that nobody keeps here.
  if (c.argv.includes('-vv') && reader.endsWith('/nft')) return '-vv prints bytecode: the command says that it does not emulate it'
  return undefined
}

describe('iptables recordings', () => {
  for (const group of [...new Set(cases.map((c) => c.group))]) {
    test(group, async () => {
      const failed: string[] = []
      let passed = 0
      let later = 0
      for (const c of cases) {
        if (c.group !== group) continue
        for (const expected of c.expect)
          for (const reader of expected.for) {
            const difference = await play(c, expected, reader, files, ruleset)
            if (difference === undefined) passed++
            else if (notYetDue(c, reader) !== undefined) later++
            else failed.push(`${c.id} as ${reader}: ${JSON.stringify(c.argv)}\n${difference.slice(0, 600)}`)
          }
      }
      console.log(`iptables ${group}: ${passed} passed, ${later} not yet due, ${failed.length} failed`)
      expect(failed.slice(0, 5).join('\n')).toBe('')
      expect(passed).toBeGreaterThan(0)
    })
  }
})
