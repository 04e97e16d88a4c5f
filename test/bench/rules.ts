import { list, listRules } from '../../engine/cli/iptables/show.ts'
import { Dice } from '../../engine/clock/dice.ts'
import type { IptablesCommand } from '../../engine/net/netfilter/command.ts'
import { parseCommandLine } from '../../engine/net/netfilter/commandline.ts'
import { dialectOf } from '../../engine/net/netfilter/dialect.ts'
import type { HookEnv } from '../../engine/net/netfilter/env.ts'
import { NO_NAMES } from '../../engine/net/netfilter/names.ts'
import { restoreText } from '../../engine/net/netfilter/restore.ts'
import { Ruleset } from '../../engine/net/netfilter/ruleset.ts'
import { saveTable } from '../../engine/net/netfilter/save.ts'
import type { Table } from '../../engine/net/netfilter/table.ts'
import type { Skb } from '../../engine/net/packet.ts'
import { realIptables } from './real-iptables.ts'
import { clusterIP, cpu, endpointIP, manyServices, START, slice, WRITER } from './services.ts'

/**
 * The budgets of the rule core at 10,000 Services of three endpoints: 110,000 rules that kube-proxy wrote. CPU time, the best of
 * three runs; beside it the machine's own tool on the same rules, where it has one.
 */
const SERVICES = 10_000
const ENDPOINTS = 3

const show = (name: string, value: string, budget = '', real = '') =>
  process.stdout.write(`${name.padEnd(46)} ${value.padStart(14)}  ${budget.padEnd(12)} ${real}\n`)
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`

/** The least CPU time of some runs, in ms. */
function best(runs: number, work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < runs; i++) least = Math.min(least, cpu(work).ms)
  return least
}

const actor = { dialect: dialectOf(WRITER), family: 4 as const, names: NO_NAMES, out: () => {} }
const printed = { ...actor, numeric: true, proto: 0 }
const command = (line: string) =>
  parseCommandLine(line.split(' '), { ...actor, privileged: true, warn: () => {} }) as IptablesCommand

const cluster = manyServices(SERVICES, ENDPOINTS)
const sync = cpu(() => cluster.proxy.start()).ms
const { ruleset } = cluster
const nat = () => ruleset.table(4, 'nft', 'nat') as Table
const text = saveTable(nat(), printed, false) ?? ''
show('rules of the nat table', String(text.split('\n-A ').length - 1))
show('kube-proxy: first sync of them all', ms(sync))

function listings(): void {
  const real = { legacy: realIptables('legacy', text), nft: realIptables('nft', text) }
  const beside = (step: string) =>
    `real: ${(['legacy', 'nft'] as const).map((b) => `${b} ${typeof real[b] === 'string' ? real[b] : real[b][step]}`).join(', ')}`
  show('iptables -t nat -L -n', ms(best(3, () => list(command('-t nat -n -L'), nat(), actor))), '≤ 230 ms', beside('-L'))
  show('iptables -t nat -S', ms(best(3, () => listRules(command('-t nat -S'), nat(), actor))), '≤ 180 ms', beside('-S'))
  show('iptables-save -t nat', ms(best(3, () => saveTable(nat(), printed, false))), '≤ 180 ms', beside('save'))
  const restore = () => restoreText(new Ruleset(), text, { family: 4, writer: WRITER })
  show('iptables-restore of it all', ms(best(3, restore)), '≤ 1600 ms', beside('restore'))
}

/** One Service's chains, as a partial sync writes them. */
function small(n: number): string {
  const id = `X${n}`.padEnd(16, 'X')
  return `*nat
:KUBE-SVC-${id} - [0:0]
:KUBE-SEP-${id} - [0:0]
-A KUBE-SVC-${id} -m comment --comment "bench/x -> 10.9.9.9:80" -j KUBE-SEP-${id}
-A KUBE-SEP-${id} -s 10.9.9.9/32 -m comment --comment bench/x -j KUBE-MARK-MASQ
-A KUBE-SEP-${id} -p tcp -m comment --comment bench/x -m tcp -j DNAT --to-destination 10.9.9.9:${1 + (n % 9999)}
COMMIT
`
}

function changes(): void {
  let n = 0
  const write = () => restoreText(ruleset, small(n++ % 7), { family: 4, writer: WRITER, noflush: true })
  write()
  const restored = best(50, write)
  show("iptables-restore -n of one Service's chains", ms(restored), '≤ 5 ms')
  const change = () => {
    cluster.store.put('endpointslices.discovery.k8s.io', slice(5, [endpointIP(15), endpointIP(500_000 + n++)]))
    cluster.clock.advanceTo(cluster.clock.now + 2000)
  }
  change()
  show('one endpoint changes: kube-proxy and rules', ms(best(10, change)), '≤ 5 ms')
}

function packets(): void {
  const env: HookEnv = {
    netns: 'n',
    hook: 'PREROUTING',
    now: START,
    dice: new Dice('bench'),
    addrType: () => 'UNICAST',
    log: () => {},
    nflog: () => {},
    stepping: false,
    step: () => {},
  }
  const count = 100_000
  const header = {
    family: 4,
    src: '10.1.2.3',
    proto: 6,
    ttl: 64,
    tos: 0,
    length: 60,
    id: 1,
    sport: 1000,
    dport: 80,
    payload: '',
  } as const
  const walk = () => {
    for (let i = 0; i < count; i++) {
      const skb: Skb = {
        packet: { ...header, dst: clusterIP((i * 7919) % SERVICES) },
        mark: 0,
        iif: 'eth0',
        oif: undefined,
        ct: undefined,
      }
      ruleset.evaluate(4, 'nat', skb, env)
    }
  }
  walk()
  show('first packets through nat PREROUTING', `${Math.round((count / best(3, walk)) * 1000)} /s`, '≥ 100000 /s')
}

function snapshots(): void {
  const first = cpu(() => ruleset.save())
  show('save of the rules, counters everywhere', ms(first.ms))
  const touched = () => {
    restoreText(ruleset, small(1), { family: 4, writer: WRITER, noflush: true })
    ruleset.save()
  }
  show('save after a small change', ms(best(20, touched)))
  show('snapshot of the rules as JSON text', ms(best(3, () => JSON.stringify(ruleset.save()))), '≤ 300 ms')
  const points = [ruleset.save()]
  for (let n = 0; n < 20; n++) {
    restoreText(ruleset, small(n), { family: 4, writer: WRITER, noflush: true })
    points.push(ruleset.save())
  }
  const undo = () => ruleset.load(points.pop() ?? ruleset.save())
  show('undo of a small change', ms(best(20, undo)), '≤ 5 ms')
}

listings()
changes()
packets()
snapshots()
show('RSS after all this', `${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB`)
