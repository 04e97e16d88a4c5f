import type { Family, TableName } from './env.ts'
import { restoreText } from './restore.ts'
import type { Rule } from './rule.ts'
import type { Ruleset } from './ruleset.ts'
import type { Table } from './table.ts'
import { readRule, type TableWrite, writeTables } from './write.ts'

/** iptables of one version over a ruleset, as daemons use it: kube-proxy, kubelet. */
export interface RulesWriter {
  /** iptables-restore --noflush --counters. Returns the tool's complaint if it failed. */
  restore(family: Family, text: string): string | undefined
  /** The same input as values, for who writes the same rules over and over. */
  write(family: Family, writes: readonly TableWrite[]): string | undefined
  /** Reads one "-A CHAIN …" line of that input. */
  rule(family: Family, table: TableName, line: string): Rule
  /** The table as it is in force now: the same object until somebody changes its rules. */
  table(family: Family, table: TableName): Table | undefined
  chains(family: Family, table: TableName): readonly string[]
  /** `iptables -C`: whether the chain holds this very rule (matches and target as on a command line). */
  hasRule(family: Family, table: TableName, chain: string, rule: string): boolean
  /** Creates an nfacct object if it is not there. */
  ensureCounter(name: string): void
}

/** `version` is that of the iptables which the daemon runs: "1.8.9/nft". */
export function rulesWriter(ruleset: Ruleset, version: string): RulesWriter {
  const backend = version.endsWith('/legacy') ? 'legacy' : 'nft'
  const restore: RulesWriter['restore'] = (family, text) => {
    const result = restoreText(ruleset, text, { family, writer: version, noflush: true, counters: true })
    return result.ok ? undefined : result.error
  }
  return {
    restore,
    write: (family, writes) => writeTables(ruleset, writes, family, version),
    rule: (family, table, line) => readRule(line, family, table, version),
    table: (family, table) => ruleset.table(family, backend, table),
    chains: (family, table) => [...(ruleset.table(family, backend, table)?.chains.keys() ?? [])],
    hasRule: (family, table, chain, rule) => {
      if (ruleset.table(family, backend, table)?.chains.has(chain) !== true) return false
      return restore(family, `*${table}\n-C ${chain} ${rule}\nCOMMIT\n`) === undefined
    },
    ensureCounter: (name) => {
      ruleset.addAccounting(name)
    },
  }
}
