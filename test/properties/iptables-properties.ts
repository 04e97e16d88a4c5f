import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect } from 'vitest'
import { BareNode, type Outcome } from '../support/iptables-runner.ts'
import { commandLine, type GrammarRule, grammarRule } from './iptables-grammar.ts'

export const READERS = ['1.8.7', '1.8.9', '1.8.11', '1.8.13'].flatMap((version) => [`${version}/nft`, `${version}/legacy`])

const golden = new URL('../golden/iptables/', import.meta.url)
const FILES = new Map(
  (['services', 'protocols', 'hosts'] as const).map((name) => [
    `/etc/${name}`,
    readFileSync(new URL(`etc-${name}.txt`, golden), 'latin1'),
  ]),
)
const SMALL = readFileSync(new URL('rulesets/small.rules', golden), 'latin1')
const DATE = /on \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}/g

/** Programs see bytes: one character each. */
const bytes = (word: string) => Buffer.from(word, 'utf8').toString('latin1')

async function withRules(rules: readonly GrammarRule[], reader: string): Promise<{ node: BareNode; taken: number }> {
  const node = new BareNode(FILES)
  let taken = 0
  for (const table of new Set(rules.map((rule) => rule.table))) await node.run(['iptables', '-t', table, '-N', 'TGT'], '', reader)
  for (const { table, chain, words } of rules) {
    const got = await node.run(['iptables', '-t', table, '-A', chain, ...words.map(bytes)], '', reader)
    if (got.exit === 0) taken++
  }
  return { node, taken }
}

/** iptables-save → iptables-restore → iptables-save is the identity for whatever the tool took, and -C finds every saved rule. */
export async function saveRestores(parameters: fc.Parameters<[readonly GrammarRule[], string]>): Promise<number> {
  let taken = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(grammarRule, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...READERS),
      async (rules, reader) => {
        const made = await withRules(rules, reader)
        taken += made.taken
        const saved = await made.node.run(['iptables-save', '-c'], '', reader)
        const again = new BareNode(FILES)
        expect(await again.run(['iptables-restore', '-c'], saved.stdout, reader)).toEqual({ stdout: '', stderr: '', exit: 0 })
        const second = await again.run(['iptables-save', '-c'], '', reader)
        // Legacy lists tables by age, which a restore turns round.
        const tables = (text: string) =>
          text
            .replace(DATE, '')
            .split(/(?=# Generated)/)
            .sort()
        expect(tables(second.stdout)).toEqual(tables(saved.stdout))
        const checks = saved.stdout.replace(/^\[\d+:\d+\] -A/gm, '-C').replace(/^:.*\n/gm, '')
        const found = await again.run(['iptables-restore', '-n'], checks, reader)
        expect({ stderr: found.stderr, exit: found.exit }).toEqual({ stderr: '', exit: 0 })
      },
    ),
    parameters,
  )
  return taken
}

/** Commands that cannot succeed without a trace: they change something, or say something. */
const MUST_CHANGE = ['-A', '-I', '-N', '-D', '-E']

async function judge(words: readonly string[], reader: string): Promise<Outcome> {
  const node = new BareNode(FILES)
  await node.run(['iptables-restore', '-c'], SMALL, reader)
  // Any legacy command on a table makes it: they are all there before.
  for (const table of ['filter', 'nat', 'mangle', 'raw']) await node.run(['iptables', '-t', table, '-N', 'TGT'], '', reader)
  const save = async () => (await node.run(['iptables-save'], '', reader)).stdout.replace(DATE, '')
  const before = await save()
  const got = await node.run(['iptables', ...words.map(bytes)], '', reader)
  const after = await save()
  const line = `${reader}: iptables ${words.join(' ')}`
  expect(`${got.stdout}${got.stderr}`, line).not.toMatch(/undefined|NaN|\[object|Infinity/)
  if (got.exit === 0) {
    const silent = got.stdout === '' && got.stderr === ''
    if (silent && words.some((word) => MUST_CHANGE.includes(word))) expect(after, line).not.toBe(before)
  } else {
    expect(got.stderr, line).not.toBe('')
    expect(after, line).toBe(before)
  }
  return got
}

/** Any command line ends: in success with a trace, or in words and an exit code, with nothing changed. */
export async function neverSilent(parameters: fc.Parameters<[readonly string[], string]>): Promise<Map<number, number>> {
  const exits = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(commandLine, fc.constantFrom(...READERS), async (words, reader) => {
      const { exit } = await judge(words, reader)
      exits.set(exit, (exits.get(exit) ?? 0) + 1)
    }),
    parameters,
  )
  return exits
}

/** Options with values that nobody takes. */
const MALFORMED: readonly (readonly string[])[] = [
  ['-p', 'tcp', '--dport', '65536'],
  ['-p', 'tcp', '--dport', '90:80'],
  ['-p', 'udp', '--sport', 'no-such-service'],
  ['-p', 'no-such-protocol'],
  ['-p', '256'],
  ['-s', '300.1.1.1'],
  ['-s', '10.0.0.0/33'],
  ['-s', '10.0.0.0/255.8'],
  ['-d', 'no.such.host'],
  ['-i', ''],
  ['-i', 'a-device-name-too-long'],
  ['-m', 'mark', '--mark', '0x1ffffffff'],
  ['-m', 'mark', '--mark', '0x1/'],
  ['-m', 'no-such-match'],
  ['-m', 'limit', '--limit', '5/fortnight'],
  ['-m', 'statistic', '--mode', 'random', '--probability', '1.1'],
  ['-m', 'conntrack', '--ctstate', 'OLD'],
  ['-m', 'iprange', '--src-range', '10.0.0.1-x'],
  ['-m', 'multiport', '--dports', '80,no-such-service'],
  ['-m', 'length', '--length', '1:2:3'],
  ['-m', 'mac', '--mac-source', '00:11:22'],
  ['-m', 'comment'],
  ['-m', 'comment', '--comment'],
  ['-m', 'tcp', '--tcp-flags', 'SYN'],
  ['!', '!', '-s', '10.0.0.1'],
  ['!', '-m', 'mark'],
  ['-c', 'x', '1'],
  ['--no-such-option'],
  ['-j', 'NO-SUCH-CHAIN'],
  ['-g', 'NO-SUCH-CHAIN'],
  ['-j', 'ACCEPT', '-j', 'DROP'],
  ['stray'],
]

/** A malformed part anywhere in a line the tool would take: refused in words, whatever stands around it. */
export async function malformedRefused(parameters: fc.Parameters<[readonly string[], GrammarRule, string]>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...MALFORMED), grammarRule, fc.constantFrom(...READERS), async (bad, rule, reader) => {
      const got = await judge(['-t', rule.table, '-A', 'INPUT', ...bad], reader)
      expect(got.exit, `${reader}: ${bad.join(' ')}`).not.toBe(0)
      const behind = await judge(['-t', rule.table, '-A', rule.chain, ...rule.words, ...bad], reader)
      expect(behind.exit, `${reader}: ${[...rule.words, ...bad].join(' ')}`).not.toBe(0)
    }),
    parameters,
  )
}
