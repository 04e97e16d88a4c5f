import { parseCidr } from '../../engine/base/ip.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'
import { TABLE_MAIN } from '../../engine/net/fib.ts'
import { restoreText } from '../../engine/net/netfilter/restore.ts'
import type { Netns } from '../../engine/net/netns.ts'
import { Network } from '../../engine/net/network.ts'

const PODS = 30
const ENDPOINTS = 3
const WRITER = '1.8.9/nft'

const serviceIp = (n: number) => `10.${96 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`
const podIp = (n: number) => `10.244.0.${10 + (n % PODS)}`

/** What kube-proxy leaves for `services` Services of three endpoints each: the nat table's chains and filter's few rules. */
export function serviceRules(services: number): string {
  const chains: string[] = []
  const rules: string[] = []
  const id = (n: number) => n.toString(36).toUpperCase().padStart(16, 'A')
  for (let n = 0; n < services; n++) {
    const svc = `KUBE-SVC-${id(n)}`
    chains.push(svc)
    rules.push(
      `-A KUBE-SERVICES -d ${serviceIp(n)}/32 -p tcp -m comment --comment "demo/s${n} cluster IP" -m tcp --dport 80 -j ${svc}`,
      `-A ${svc} ! -s 10.244.0.0/16 -d ${serviceIp(n)}/32 -p tcp -m comment --comment "demo/s${n} cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ`,
    )
    for (let e = 0; e < ENDPOINTS; e++) {
      const sep = `KUBE-SEP-${id(n * ENDPOINTS + e)}`
      const pod = podIp(n * ENDPOINTS + e)
      chains.push(sep)
      const left = ENDPOINTS - e
      const draw = left === 1 ? '' : ` -m statistic --mode random --probability ${(1 / left).toFixed(11)}`
      rules.push(
        `-A ${svc} -m comment --comment "demo/s${n} -> ${pod}:8080"${draw} -j ${sep}`,
        `-A ${sep} -s ${pod}/32 -m comment --comment "demo/s${n}" -j KUBE-MARK-MASQ`,
        `-A ${sep} -p tcp -m comment --comment "demo/s${n}" -m tcp -j DNAT --to-destination ${pod}:8080`,
      )
    }
  }
  return `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FIREWALL - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-SERVICES - [0:0]
-A INPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
-A INPUT -j KUBE-FIREWALL
-A FORWARD -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -j KUBE-FIREWALL
-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SERVICES - [0:0]
${chains.map((c) => `:${c} - [0:0]`).join('\n')}
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
${rules.join('\n')}
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
COMMIT
`
}

function route(ns: Netns, to: string, dev: string, via?: string): void {
  const dst = parseCidr(to)
  if (dst === undefined) throw new Error(to)
  const scope = via === undefined ? 'link' : 'global'
  ns.addRoute({ dst, type: 'unicast', dev, scope, proto: 'boot', table: TABLE_MAIN, ...(via === undefined ? {} : { via }) })
}

/** A node with those rules between a client and thirty pods that answer a word with a word. */
export function serviceNode(services: number) {
  const clock = new Clock(Date.UTC(2026, 0, 1))
  const network = new Network(clock, new Dice(11))
  const node = network.createNetns('nodes/node')
  const client = network.createNetns('nodes/client')
  network.addVeth(node, 'eth0', client, 'eth0')
  node.addAddress('eth0', '192.168.10.10/24', { broadcast: '192.168.10.255' })
  client.addAddress('eth0', '192.168.10.20/24', { broadcast: '192.168.10.255' })
  route(client, '10.0.0.0/8', 'eth0', '192.168.10.10')
  node.setSysctl('net.ipv4.ip_forward', '1')
  node.addLink({ name: 'cni0', kind: 'dummy', mac: network.newMac(), mtu: 1500, up: true, addresses: [] })
  node.addAddress('cni0', '10.244.0.1/32')
  network.registerProgram({ name: 'echo', data: (c, data) => c.send(data) })
  for (let p = 0; p < PODS; p++) {
    const pod = network.createNetns(`pods/demo/p${p}`)
    network.addVeth(node, `veth${p}`, pod, 'eth0')
    pod.addAddress('eth0', `${podIp(p)}/32`)
    route(pod, '0.0.0.0/0', 'eth0', '10.244.0.1')
    route(node, `${podIp(p)}/32`, `veth${p}`)
    pod.ip.listenTcp({ port: 8080, program: 'echo' })
  }
  const restored = restoreText(node.netfilter, serviceRules(services), { family: 4, writer: WRITER })
  if (!restored.ok) throw new Error(restored.error)
  return { clock, network, node, client }
}

/** Packets that crossed the node, by its own rules' counters: the second rule of FORWARD sees every one. */
function forwarded(node: Netns): number {
  return node.netfilter.table(4, 'nft', 'filter')?.chains.get('FORWARD')?.packets[1] ?? 0
}

/** Connects, sends `messages` words, reads each back, closes: through a Service drawn by number. */
export function exchange(lab: ReturnType<typeof serviceNode>, service: number, messages: number): void {
  const c = lab.client.ip.connectTcp({ dst: serviceIp(service), port: 80, uid: 0 })
  if (typeof c === 'string' || c.state !== 'connected')
    throw new Error(`service ${service}: ${typeof c === 'string' ? c : c.errno}`)
  for (let i = 0; i < messages; i++) {
    c.send('hello')
    if (c.read() !== 'hello') throw new Error('no echo')
  }
  c.close()
}

export function benchPackets(show: (name: string, value: string, budget?: string) => void, services = 10_000): void {
  const lab = serviceNode(services)
  const dice = new Dice(5)
  let next = 0
  const run = (connections: number, messages: number, draw = () => dice.int(services)) => {
    const before = forwarded(lab.node)
    const began = process.cpuUsage()
    for (let i = 0; i < connections; i++) {
      exchange(lab, draw(), messages)
      // A hundred connections a second: TIME_WAIT sockets and entries go as they would.
      if (i % 100 === 99) lab.clock.advanceTo(lab.clock.now + 1000)
    }
    const used = process.cpuUsage(began)
    return { packets: forwarded(lab.node) - before, seconds: (used.user + used.system) / 1e6, connections }
  }
  const tell = (name: string, { packets, seconds, connections }: ReturnType<typeof run>, budget = '') => {
    const rate = `${Math.round(packets / seconds).toLocaleString('en')}/s`
    show(`packets through ${services} Services, ${name}`, rate, `${budget}${(packets / connections).toFixed(0)} packets each`)
  }
  // The first connection of every Service finds its chains as they were loaded.
  tell(
    'the first connection of each',
    run(services, 1, () => next++),
  )
  tell('1 message a connection', run(5000, 1), '≥ 100,000/s, ')
  tell('3 messages a connection', run(5000, 3), '≥ 100,000/s, ')
  tell('20 messages a connection', run(3000, 20), '≥ 100,000/s, ')
}

if (process.argv[1] === import.meta.filename)
  benchPackets((name, value, budget = '') => process.stdout.write(`${name.padEnd(62)} ${value.padStart(12)}  ${budget}\n`))
