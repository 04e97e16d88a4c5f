import type { Target } from '../extension.ts'
import { CT, NOTRACK } from './ct.ts'
import { CHECKSUM, CLASSIFY, DSCP, HL, TCPMSS, TOS, TPROXY, TTL } from './header.ts'
import { LOG } from './log.ts'
import { CONNMARK, MARK } from './mark.ts'
import { DNAT, MASQUERADE, REDIRECT, SNAT } from './nat.ts'
import { NETMAP } from './netmap.ts'
import { NFLOG } from './nflog.ts'
import { AUDIT, NFQUEUE, SYNPROXY, TEE, TRACE } from './other.ts'
import { REJECT } from './reject.ts'

/** Every target extension that -j can name; one line each. */
export const TARGETS: readonly Target[] = [
  AUDIT,
  CHECKSUM,
  CLASSIFY,
  CONNMARK,
  CT,
  DNAT,
  DSCP,
  HL,
  LOG,
  MARK,
  MASQUERADE,
  NETMAP,
  NFLOG,
  NFQUEUE,
  NOTRACK,
  REDIRECT,
  REJECT,
  SNAT,
  SYNPROXY,
  TCPMSS,
  TEE,
  TOS,
  TPROXY,
  TRACE,
  TTL,
]

const byName = new Map(TARGETS.map((target) => [target.name, target]))

/** The target called `name`, whatever the family. */
export function findTarget(name: string): Target | undefined {
  return byName.get(name)
}
