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

/** A hit in one line: what made the connection, when, which packet of it, which rule. */
export function hitWords({ connection, packet, rule }: RuleHit, m: Words): string {
  const { command, proto, to, at } = connection
  const name = command ?? `${proto} ${endpoint(to.address, proto === 'icmp' ? undefined : to.port)}`
  return `${clockTime(at)}  ${name}  ${m.hit(packet, rule === 0 ? m.hitEnd : m.ruleNumber(rule))}`
}
