import type { Dice } from '../../clock/dice.ts'
import { applyNat, type Manip, setupNat } from '../conntrack/nat.ts'
import { isIcmpError, type TrackEnv, trackPacket } from '../conntrack/track.ts'
import type { HookEnv, HookName, MatchFact, NatRequest, RuleStep, TableName, TableVerdict } from '../netfilter/env.ts'
import type { Netns } from '../netns.ts'
import type { Packet } from '../packet.ts'
import type { TraceSink } from '../trace.ts'
import { type Frame, noFlow } from './frame.ts'
import { hostView } from './host-view.ts'
import { TraceReport } from './trace-target.ts'
import { TrackingNeed } from './tracking.ts'

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
  private mark: number
  private report: TraceReport | undefined
  readonly tell: ((fact: MatchFact) => void) | undefined
  readonly stepping: boolean

  constructor(ns: Netns, hook: HookName, frame: Frame, trace: TraceSink | undefined) {
    this.ns = ns
    this.netns = ns.id
    this.hook = hook
    this.now = ns.net.clock.now
    this.dice = ns.net.dice
    this.frame = frame
    this.trace = trace
    this.before = frame.packet
    this.mark = frame.mark
    this.stepping = trace !== undefined
    this.tell = trace === undefined ? undefined : (fact) => trace.tell(fact)
  }

  /** The next table: what the packet looks like now is what its first rule sees. */
  start(): void {
    this.report?.start()
    this.before = this.frame.packet
    this.mark = this.frame.mark
  }

  get host() {
    return hostView(this.ns)
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
    if (this.frame.traced !== undefined) {
      this.report ??= new TraceReport(this.ns, this.hook, (level, line) => this.log(level, line))
      this.report.step(this.frame, step, this.before, this.mark)
    }
    this.trace?.rule(this.ns.id, this.hook, this.frame, step, this.before, this.mark)
    this.before = this.frame.packet
    this.mark = this.frame.mark
  }
}

const HOOKS = Object.keys(STAGES) as readonly HookName[]
const PASS: TableVerdict = { kind: 'accept' }
/** A translation that cannot be made. */
const FAILED: TableVerdict = { kind: 'drop' }

/** What there is to do at each hook for packets of one family, as the rules stand. */
type Plan = Readonly<Record<HookName, readonly Stage[]>>

/**
 * The hooks of one namespace. Stages that have nothing to do are left out: tables without a base chain at a hook, and conntrack
 * while no rule asks for it.
 */
export class Hooks implements TrackEnv {
  private readonly ns: Netns
  private generation = -1
  private plans: { 4: Plan; 6: Plan }
  private readonly needs = { 4: new TrackingNeed(), 6: new TrackingNeed() }

  constructor(ns: Netns) {
    this.ns = ns
    this.plans = { 4: this.plan(4), 6: this.plan(6) }
  }

  get conntrack(): Netns['conntrack'] {
    return this.ns.conntrack
  }
  get now(): number {
    return this.ns.net.clock.now
  }
  get settings(): Netns['trackSettings'] {
    return this.ns.trackSettings
  }
  full(): void {
    const where = this.ns.host === undefined ? '' : ` in netns ${this.ns.inode}`
    this.ns.logLimited(`nf_conntrack: nf_conntrack: table full${where}, dropping packet`)
  }

  private plan(family: 4 | 6): Plan {
    const { netfilter } = this.ns
    const tracked = this.needs[family].holds(netfilter, family)
    const hasBase = (name: TableName, hook: HookName) =>
      (['legacy', 'nft'] as const).some((backend) => (netfilter.table(family, backend, name)?.hooked(hook).length ?? 0) > 0)
    // All of nat's hooks come with its first chain (nf_nat_register_fn).
    const nat = HOOKS.some((hook) => hasBase('nat', hook))
    const stages = (hook: HookName) =>
      STAGES[hook].filter((stage) => {
        if (typeof stage === 'string') return tracked
        return stage.manip === undefined ? hasBase(stage.table, hook) : nat
      })
    return Object.fromEntries(HOOKS.map((hook) => [hook, stages(hook)])) as unknown as Plan
  }

  /** Takes a packet through one hook. `reroute` is called when OUTPUT gave it another destination (ip_route_me_harder). */
  run(hook: HookName, frame: Frame, trace: TraceSink | undefined, reroute?: (frame: Frame) => boolean): HookResult {
    const { ns } = this
    if (this.generation !== ns.netfilter.generation) {
      this.plans = { 4: this.plan(4), 6: this.plan(6) }
      this.generation = ns.netfilter.generation
    }
    const { family } = frame.packet
    const stages = this.plans[family][hook]
    if (stages.length === 0) return ACCEPT
    let env: Env | undefined
    for (const stage of stages) {
      if (stage === 'conntrack') {
        // Seen before on loopback, or told not to track.
        if (frame.ctState !== undefined) {
          // The kernel's answer came with its flow.
          if (hook === 'OUTPUT' && frame.ctState === 'RELATED') trace?.conntrack(ns.id, hook, frame)
          continue
        }
        if (!trackPacket(frame, this)) {
          trace?.stopped(ns.id, hook, frame, 'dropped', 'ct.full')
          return DROP
        }
        trace?.conntrack(ns.id, hook, frame)
      } else if (stage === 'confirm') {
        const entry = frame.entry
        if (entry === undefined || entry.confirmed || entry.dying || frame.ctDir === 'reply') continue
        if (!ns.conntrack.confirm(entry)) {
          trace?.stopped(ns.id, hook, frame, 'dropped', 'ct.clash')
          return DROP
        }
        trace?.confirmed(ns.id, hook, frame)
      } else {
        const before = frame.packet
        let verdict: TableVerdict
        let failed = false
        if (stage.manip === undefined) {
          env ??= new Env(ns, hook, frame, trace)
          env.start()
          verdict = ns.netfilter.evaluate(family, stage.table, frame, env)
        } else {
          if (frame.entry === undefined) continue
          const translated = this.natStage(stage.manip, hook, frame, trace)
          failed = translated === FAILED
          verdict = translated
        }
        if (verdict.kind === 'drop') {
          trace?.stopped(ns.id, hook, frame, 'dropped', failed ? 'nat.failed' : undefined)
          return DROP
        }
        if (verdict.kind === 'reject') {
          trace?.stopped(ns.id, hook, frame, 'rejected')
          return { kind: 'reject', with: verdict.with }
        }
        if (verdict.kind === 'untracked') {
          frame.ctState = 'UNTRACKED'
          frame.ct = noFlow('UNTRACKED')
        }
        if (frame.packet === before) continue
        if (stage.manip !== undefined) trace?.translated(ns.id, hook, frame, before)
        if (reroute !== undefined && frame.packet.dst !== before.dst && !reroute(frame)) return DROP
      }
    }
    return ACCEPT
  }

  /** The nat hook (nf_nat_inet_fn): the table is asked once per flow and kind; afterwards the flow's own translation applies. */
  private natStage(manip: Manip, hook: HookName, frame: Frame, trace: TraceSink | undefined): TableVerdict {
    const { ns } = this
    const entry = frame.entry
    if (entry === undefined) return PASS
    if (frame.packet.icmp !== undefined && isIcmpError(frame.packet)) {
      if (frame.ctState === 'RELATED') applyNat(frame, manip)
      return PASS
    }
    // A masqueraded flow that would now leave by another device ends: its address is wrong there (nf_nat_oif_changed).
    if (entry.masqOif !== undefined && hook === 'POSTROUTING' && frame.ctDir === 'original' && frame.oif !== entry.masqOif) {
      ns.conntrack.delete(entry)
      return FAILED
    }
    // RELATED and no ICMP: the RST of a REJECT, asked about like a first packet.
    if ((frame.ctState === 'NEW' || frame.ctState === 'RELATED') && !(manip === 'src' ? entry.srcDone : entry.dstDone)) {
      const verdict = ns.netfilter.evaluate(frame.packet.family, 'nat', frame, new Env(ns, hook, frame, trace))
      if (verdict.kind === 'drop' || verdict.kind === 'reject') return verdict
      const request = verdict.kind === 'nat' ? resolveRequest(ns, frame, hook, verdict.request) : undefined
      if (verdict.kind === 'nat' && request === undefined) return FAILED
      // A flow that began before there was a nat table stays untranslated (nf_nat_setup_info refuses confirmed ones).
      if (!entry.confirmed) {
        // A rule may ask for the other kind only where the kernel lets it: then this kind stays as it was.
        setupNat(entry, request?.manip ?? manip, request, ns.conntrack, ns.net)
        if (request?.masquerade && frame.oif !== undefined) entry.masqOif = frame.oif
        if (manip === 'src') entry.srcDone = true
        else entry.dstDone = true
      }
    }
    applyNat(frame, manip)
    return PASS
  }
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
