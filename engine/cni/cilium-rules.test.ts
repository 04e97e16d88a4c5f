import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dialectOf } from '../net/netfilter/dialect.ts'
import { NO_NAMES } from '../net/netfilter/names.ts'
import { restoreText } from '../net/netfilter/restore.ts'
import { Ruleset } from '../net/netfilter/ruleset.ts'
import { saveTable } from '../net/netfilter/save.ts'
import { ciliumRules } from './cilium-rules.ts'

const WRITER = '1.8.9/nft'

/** The chains that cilium-agent owns, as iptables-save prints them. */
function ciliumLines(text: string): string[] {
  const ruleset = new Ruleset()
  const result = restoreText(ruleset, text, { family: 4, writer: WRITER })
  if (!result.ok) throw new Error(result.error)
  const env = { family: 4 as const, names: NO_NAMES, dialect: dialectOf(WRITER), numeric: true, proto: 0 }
  return ruleset
    .tablesOf(4, 'nft')
    .flatMap((table) => (saveTable(table, env, false) ?? '').split('\n').map((line) => `${table.name} ${line}`))
    .filter((line) => / -A CILIUM_/.test(line))
    .sort()
}

test('the feeder chains are those that were recorded for the document’s master', () => {
  const recorded = ciliumLines(readFileSync('test/golden/cni/kubeproxy-seed.rules', 'utf8'))
  const data = { hostAddress: '10.0.0.88', podCIDR: '10.0.0.0/24', clusterPodCIDR: '10.0.0.0/8', dnsProxyPort: 39229 }
  expect(recorded.length).toBeGreaterThan(20)
  expect(ciliumLines(ciliumRules(data))).toEqual(recorded)
})
