import type { Matcher } from '../extension.ts'
import { addrtype } from './addrtype.ts'
import { comment } from './comment.ts'
import { connlimit } from './connlimit.ts'
import { connmark } from './connmark.ts'
import { conntrack } from './conntrack.ts'
import { dccp } from './dccp.ts'
import { ah, esp } from './esp-ah.ts'
import { devgroup, dscp, ecn, realm, tcpmss, tos, u32 } from './fields.ts'
import { connbytes, policy, rpfilter, socket } from './flags.ts'
import { hashlimit } from './hashlimit.ts'
import { icmp, icmp6 } from './icmp.ts'
import { iprange } from './iprange.ts'
import { limit } from './limit.ts'
import { mac } from './mac.ts'
import { mark } from './mark.ts'
import { multiport } from './multiport.ts'
import { nfacct } from './nfacct.ts'
import { owner } from './owner.ts'
import { physdev } from './physdev.ts'
import { recent } from './recent.ts'
import { sctp } from './sctp.ts'
import { set } from './set.ts'
import { cgroup, cpu, hl, length, pkttype, quota, ttl } from './simple.ts'
import { state } from './state.ts'
import { statistic } from './statistic.ts'
import { tcp } from './tcp.ts'
import { bpf, helper, string } from './text.ts'
import { time } from './time.ts'
import { udp } from './udp.ts'

/** Every match that -m can name; one line each. */
export const MATCHERS: readonly Matcher[] = [
  addrtype,
  ah,
  bpf,
  cgroup,
  comment,
  connbytes,
  connlimit,
  connmark,
  conntrack,
  cpu,
  dccp,
  devgroup,
  dscp,
  ecn,
  esp,
  hashlimit,
  helper,
  hl,
  icmp,
  icmp6,
  iprange,
  length,
  limit,
  mac,
  mark,
  multiport,
  nfacct,
  owner,
  physdev,
  pkttype,
  policy,
  quota,
  realm,
  recent,
  rpfilter,
  sctp,
  set,
  socket,
  state,
  statistic,
  string,
  tcp,
  tcpmss,
  time,
  tos,
  ttl,
  u32,
  udp,
]

const byName = new Map(MATCHERS.map((matcher) => [matcher.name, matcher]))

/** The matcher called `name`, whatever the family. */
export function findMatcher(name: string): Matcher | undefined {
  return byName.get(name)
}
