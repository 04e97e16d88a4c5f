import type { Dice } from '../../clock/dice.ts'
import { applyNat, type Manip, setupNat } from '../conntrack/nat.ts'
import { TIMEOUT_KEY } from '../conntrack/timeouts.ts'
import { isIcmpError, type TrackEnv, trackPacket } from '../conntrack/track.ts'
import type { HookEnv, HookName, NatRequest, RuleStep, TableName, TableVerdict } from '../netfilter/env.ts'
import type { Netns } from '../netns.ts'
import type { Packet } from '../packet.ts'
import type { TraceSink } from '../trace.ts'
import { type Frame, noFlow } from './frame.ts'

export type HookResult =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'reject'; readonly with: string }

const ACCEPT: HookResult = { kind: 'accept' }
const DROP: HookResult = { kind: 'drop' }

type Stage = { readonly table: TableName; readonly manip?: Manip } | 'conntrack' | 'confirm'

/** What the kernel registers at each hook, by priority: raw -300, conntrack -200, mangle -150, nat dst -100, filter 0, security 50, nat src 100, confirm last. */
const STAGES: Readonly<Record<HookName, readonly Stage[]>> = {
  PREROUTING: [{ table: 'raw' }, 'conntrack', { table: 'mangle' }, { table: 'nat', manip: 'dst' }],
  INPUT: [{ table: 'mangle' }, { table: 'filter' }, { table: 'security' }, { table: 'nat', manip: 'src' }, 'confirm'],
  FORWARD: [{ table: 'mangle' }, { table: 'filter' }, { table: 'security' }],
  OUTPUT: [
    { table: 'raw' },
    'conntrack',
    { table: 'mangle' },
    { table: 'nat', manip: 'dst' },
    { table: 'filter' },
    { table: 'security' },
  ],
  POSTROUTING: [{ table: 'mangle' }, { table: 'nat', manip: 'src' }, 'confirm'],
}

class Env implements HookEnv {
  readonly netns: string
  readonly hook: HookName
  readonly now: number
  readonly dice: Dice
  private readonly ns: Netns
  private readonly frame: Frame
  private readonly trace: TraceSink | undefined
  private before: Packet

  constructor(ns: Netns, hook: HookName, frame: Frame, trace: TraceSink | undefined) {
    this.ns = ns
    this.netns = ns.id
    this.hook = hook
    this.now = ns.net.clock.now
    this.dice = ns.net.dice
    this.frame = frame
    this.trace = trace
    this.before = frame.packet
  }

  addrType(address: string, device?: string) {
    return this.ns.addrType(address, device)
  }
  log(level: number, line: string): void {
    // nf_log_allowed: other namespaces than the node's own may not fill its log unless told so.
    const node = this.ns.host === undefined ? undefined : this.ns.net.namespace(this.ns.host)
    if (node === undefined || node.sysctlNumber('net.netfilter.nf_log_all_netns') !== 0) this.ns.log(line, level)
  }
  nflog(group: number, prefix: string, packet: Packet): void {
    this.ns.net.taps.logged(this.ns, { at: this.now, group, prefix, packet })
  }
  step(step: RuleStep): void {
    this.trace?.rule(this.ns.id, this.hook, this.frame, step, this.before)
    this.before = this.frame.packet
  }
}

/** Takes a packet through one hook. `reroute` is called when OUTPUT gave it another destination (ip_route_me_harder). */
export function runHook(
  ns: Netns,
  hook: HookName,
  frame: Frame,
  trace: TraceSink | undefined,
  reroute?: () => boolean,
): HookResult {
  const env = new Env(ns, hook, frame, trace)
  const family = frame.packet.family
  for (const stage of STAGES[hook]) {
    if (stage === 'conntrack') {
      // Seen before on loopback, or told not to track.
      if (frame.ctState !== undefined) continue
      if (!trackPacket(frame, trackEnv(ns))) return DROP
      trace?.conntrack(ns.id, hook, frame)
    } else if (stage === 'confirm') {
      const entry = frame.entry
      if (entry !== undefined && !entry.confirmed && !entry.dying && !ns.conntrack.confirm(entry)) return DROP
    } else {
      const before = frame.packet
      const verdict =
        stage.manip === undefined ? ns.netfilter.evaluate(family, stage.table, frame, env) : natStage(ns, stage.manip, frame, env)
      if (verdict.kind === 'drop') return trace?.dropped(ns.id, hook, frame, stage.table) ?? DROP
      if (verdict.kind === 'reject') return { kind: 'reject', with: verdict.with }
      if (verdict.kind === 'untracked') {
        frame.ctState = 'UNTRACKED'
        frame.ct = noFlow('UNTRACKED')
      }
      if (stage.manip !== undefined && frame.packet !== before) trace?.translated(ns.id, hook, frame, before)
      if (reroute !== undefined && frame.packet.dst !== before.dst && !reroute()) return DROP
    }
  }
  return ACCEPT
}

const PASS: TableVerdict = { kind: 'accept' }

/** The nat hook (nf_nat_inet_fn): the table is asked once per flow and kind; afterwards the flow's own translation applies. */
function natStage(ns: Netns, manip: Manip, frame: Frame, env: Env): TableVerdict {
  const entry = frame.entry
  if (entry === undefined) return PASS
  const done = manip === 'src' ? entry.srcDone : entry.dstDone
  if (frame.ctState === 'NEW' && !entry.confirmed && !done) {
    const verdict = ns.netfilter.evaluate(frame.packet.family, 'nat', frame, env)
    if (verdict.kind === 'drop' || verdict.kind === 'reject') return verdict
    const request = verdict.kind === 'nat' ? resolveRequest(ns, frame, env.hook, verdict.request) : undefined
    if (verdict.kind === 'nat' && request === undefined) return { kind: 'drop' }
    // A rule may ask for the other kind only where the kernel lets it: then this kind stays as it was.
    setupNat(entry, request?.manip ?? manip, request, ns.conntrack, ns.net.dice)
    if (request?.masquerade && frame.oif !== undefined) entry.masqOif = frame.oif
    if (manip === 'src') entry.srcDone = true
    else entry.dstDone = true
  } else if (isIcmpError(frame.packet) && frame.ctState !== 'RELATED') return PASS
  applyNat(frame, manip)
  return PASS
}

/** Fills in the address that MASQUERADE and REDIRECT leave to the namespace. */
function resolveRequest(ns: Netns, frame: Frame, hook: HookName, request: NatRequest): NatRequest | undefined {
  if (request.masquerade) {
    const address = ns.sourceFor(frame.oif ?? 'lo', frame.nexthop ?? frame.packet.dst)
    return address === '0.0.0.0' || address === '::' ? undefined : { ...request, minAddress: address, maxAddress: address }
  }
  if (request.redirect) {
    const loopback = frame.packet.family === 4 ? '127.0.0.1' : '::1'
    const own = ns.link(frame.iif ?? '')?.addresses.find((a) => a.family === frame.packet.family && a.scope !== 'link')?.address
    const address = hook === 'OUTPUT' ? loopback : own
    return address === undefined ? undefined : { ...request, minAddress: address, maxAddress: address }
  }
  return request
}

const trackEnvs = new WeakMap<Netns, TrackEnv>()

/** One for each namespace: it looks at the namespace anew each time it is asked. */
function trackEnv(ns: Netns): TrackEnv {
  const known = trackEnvs.get(ns)
  if (known !== undefined) return known
  const made: TrackEnv = {
    conntrack: ns.conntrack,
    get now() {
      return ns.net.clock.now
    },
    timeouts: (name) => ns.sysctlNumber(`net.netfilter.${TIMEOUT_KEY[name] ?? 'nf_conntrack_generic_timeout'}`),
    get loose() {
      return ns.sysctlNumber('net.netfilter.nf_conntrack_tcp_loose') !== 0
    },
    get max() {
      return ns.sysctlNumber('net.netfilter.nf_conntrack_max')
    },
    log: (line) => ns.log(line),
  }
  trackEnvs.set(ns, made)
  return made
}
