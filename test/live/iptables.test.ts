import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { commandLine, grammarRule } from '../properties/iptables-grammar.ts'
import { BareNode, type Case, type Outcome } from '../support/iptables-runner.ts'
import { inNamespace, ownFiles, type RealTool, realTools, type Step } from './real-iptables.ts'

vi.setConfig({ testTimeout: 600_000 })

/** Versions whose words were recorded; another one is compared and reported, but proves nothing. */
const KNOWN = ['1.8.7', '1.8.9', '1.8.11', '1.8.13']
const SEED = Number(process.env['LIVE_SEED'] ?? 20261122)
const SAMPLE = Number(process.env['LIVE_SAMPLE'] ?? 60)
const DATE = /[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}/g

/** What another kernel, other modules, another resolver or a busy machine may answer otherwise: counted, not failed. */
const ENVIRONMENT =
  /missing kernel module|can't initialize|failed \(|dmesg|No chain\/target\/match|Numerical result|getaddrinfo|not found|holding the xtables lock|legacy tables present|Memory allocation/

interface Sample {
  readonly name: string
  readonly steps: readonly Step[]
}

const golden = new URL('../golden/iptables/', import.meta.url)
const ruleset = (name: string) => readFileSync(new URL(name, golden), 'latin1')

/** Recorded inputs that need nothing but rules: no files, no other writer, no other user. */
function recordings(): Sample[] {
  const all = gunzipSync(readFileSync(new URL('cases.jsonl.gz', golden)))
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case)
    .filter(({ setup, uid, argv }) => {
      const { rules, rules_ref, writer, nfacct, etc_hosts, etc_networks, etc_services } = setup
      const plain = !writer && !nfacct && etc_hosts === undefined && etc_networks === undefined && etc_services === undefined
      return plain && uid === undefined && !argv.includes('-vv') && (rules !== undefined || /small/.test(rules_ref ?? ''))
    })
  return fc.sample(fc.constantFrom(...all), { seed: SEED, numRuns: SAMPLE }).map((c) => {
    const rules = c.setup.rules_ref === undefined ? c.setup.rules : ruleset(c.setup.rules_ref)
    const stdin = c.stdin_ref === undefined ? c.stdin : ruleset(c.stdin_ref)
    const load: Step[] = rules ? [{ argv: c.setup.loader ?? ['iptables-restore', '-c'], stdin: rules }] : []
    const before = (c.setup.pre ?? []).map((argv): Step => ({ argv }))
    return { name: c.id, steps: [...load, ...before, { argv: c.argv, ...(stdin === undefined ? {} : { stdin }) }] }
  })
}

function grammarLines(): Sample[] {
  const plain = (words: readonly string[]) =>
    words.every((word) => /^[\x20-\x7e]*$/.test(word) && word !== 'root' && word !== 'u32')
  const rules = fc.sample(
    grammarRule.filter(({ words }) => plain(words)),
    { seed: SEED, numRuns: SAMPLE },
  )
  const lines = fc.sample(commandLine.filter(plain), { seed: SEED, numRuns: SAMPLE })
  const table = (name: string) => ({ argv: ['iptables', '-t', name, '-N', 'TGT'] })
  return [
    ...rules.map(({ table: name, chain, words }) => ({
      name: `rule ${words.join(' ')}`,
      steps: [
        table(name),
        { argv: ['iptables', '-t', name, '-A', chain, ...words] },
        { argv: ['iptables', '-t', name, '-L', '-n', '-v'] },
        { argv: ['iptables-save', '-c'] },
        { argv: ['iptables', '-t', name, '-C', chain, ...words] },
        { argv: ['iptables', '-t', name, '-D', chain, ...words] },
      ],
    })),
    ...lines.map((words) => ({ name: `line ${words.join(' ')}`, steps: [table('filter'), { argv: ['iptables', ...words] }] })),
  ]
}

/** The first step at which both differ, in one text, or undefined; 'environment' where the machine may be the reason. */
async function difference(sample: Sample, real: readonly Outcome[], tool: RealTool): Promise<string | undefined> {
  const node = new BareNode(ownFiles())
  for (const [i, { argv, stdin }] of sample.steps.entries()) {
    const wanted = real[i] as Outcome
    const got = await node.run(argv, stdin ?? '', tool.key)
    if (got.exit === 64) return undefined
    const same = (a: string, b: string) => a.replace(DATE, '') === b.replace(DATE, '')
    if (same(got.stdout, wanted.stdout) && same(got.stderr, wanted.stderr) && got.exit === wanted.exit) continue
    if (ENVIRONMENT.test(wanted.stderr) || ENVIRONMENT.test(got.stderr)) return 'environment'
    return `${tool.key} ${sample.name}\n  ${JSON.stringify(argv)}\n  real ${JSON.stringify(wanted)}\n  here ${JSON.stringify(got)}`
  }
  return undefined
}

const tools = realTools()

describe("the machine's own iptables", () => {
  if (typeof tools === 'string') {
    test.skip(`skipped: ${tools}`, () => {})
    console.log(`iptables live: skipped, ${tools}`)
    return
  }
  for (const tool of tools)
    test(`${tool.key} answers as the emulated one`, async () => {
      let same = 0
      let environment = 0
      const differing: string[] = []
      for (const sample of [...recordings(), ...grammarLines()]) {
        const real = inNamespace(sample.steps, tool.backend)
        const found = real === undefined ? 'environment' : await difference(sample, real, tool)
        if (found === undefined) same++
        else if (found === 'environment') environment++
        else differing.push(found)
      }
      const known = KNOWN.includes(tool.version)
      console.log(
        `iptables live ${tool.key}: ${same} the same, ${differing.length} differ, ${environment} left to the machine${known ? '' : ' (no recording of this version)'}`,
      )
      if (known) expect(differing.slice(0, 5).join('\n')).toBe('')
      else console.log(differing.slice(0, 5).join('\n'))
      expect(same + environment).toBeGreaterThan(0)
    })
})
