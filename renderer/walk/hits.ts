import type { RuleHit } from '../../electron/contract/index.ts'
import type { Messages } from '../i18n/en.ts'
import { clockTime } from '../lab/time.ts'
import type { HitQuestion } from '../terminal/rule-lines.ts'
import { endpoint } from './changes.ts'

type Words = Messages['walk']

/** "KUBE-SERVICES" or "rule 2 of KUBE-SERVICES". */
export function questionWords({ query }: HitQuestion, m: Words): string {
  return query.rule === undefined ? query.chain : m.ruleOf(query.rule, query.chain)
}

/** A chain's end says nothing new of a packet that hit a rule of the chain. */
export function worthShowing(hits: readonly RuleHit[]): readonly RuleHit[] {
  const keyOf = ({ connection, packet }: RuleHit) => `${connection.id} ${packet}`
  const matched = new Set(hits.filter((hit) => hit.rule > 0).map(keyOf))
  return hits.filter((hit) => hit.rule > 0 || !matched.has(keyOf(hit)))
}

/** A hit in one line: what made the connection, when, which packet of it, which rule. */
export function hitWords({ connection, packet, rule }: RuleHit, m: Words): string {
  const { command, proto, to, at } = connection
  const name = command ?? `${proto} ${endpoint(to.address, proto === 'icmp' ? undefined : to.port)}`
  return `${clockTime(at)} · ${name} · ${m.hit(packet, rule === 0 ? m.hitEnd : m.ruleNumber(rule))}`
}
