import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { CommandContext } from '../../../engine/cli/command.ts'
import { findCommand } from '../../../engine/cli/registry.ts'
import { parseCidr } from '../../../engine/base/ip.ts'
import { Canceller, Clock } from '../../../engine/clock/clock.ts'
import { Dice } from '../../../engine/clock/dice.ts'
import type { Machine } from '../../../engine/cluster/machine.ts'
import { TABLE_MAIN } from '../../../engine/net/fib.ts'
import type { Netns } from '../../../engine/net/netns.ts'
import { restoreText } from '../../../engine/net/netfilter/restore.ts'
import { Network } from '../../../engine/net/network.ts'

interface Dump {
  readonly links: readonly { index: number; name: string; mac: string; mtu: number; up: boolean; kind?: string; master?: string }[]
  readonly addresses: readonly { dev: string; address: string; scope: 'global' | 'link' | 'host'; brd?: string; family: string }[]
  readonly routes: readonly string[]
  readonly sysctls: Readonly<Record<string, string>>
  readonly iptables: string
  readonly listening: readonly string[]
}

const PAIRS: readonly (readonly [string, string, string, string])[] = [
  ['gateway', 'v-cp-1', 'cp-1', 'eth0'],
  ['gateway', 'v-worker-1', 'worker-1', 'eth0'],
  ['gateway', 'v-worker-2', 'worker-2', 'eth0'],
  ['gateway', 'wan0', 'isp', 'wan0'],
  ['isp', 'lan0', 'internet', 'eth0'],
  ['worker-1', 'veth1a0b5c10', 'web-1', 'eth0'],
  ['worker-1', 'veth1a0b5c11', 'client', 'eth0'],
  ['worker-2', 'veth2a0b5c10', 'web-2', 'eth0'],
  ['worker-2', 'veth2a0b5c11', 'db-0', 'eth0'],
  ['worker-2', 'veth2a0b5c02', 'coredns-1', 'eth0'],
]

export const gunzip = (name: string) => gunzipSync(readFileSync(`test/golden/node/${name}`)).toString('utf8')
const states = JSON.parse(gunzip('states.json.gz')) as { base: { dump: Record<string, Dump> } }

/** The recorded network in its healthy state, built from what the recorder dumped of it. */
export class Lab {
  readonly clock: Clock
  readonly dice = new Dice('node')
  readonly network: Network
  readonly files: Readonly<Record<string, string>>

  constructor(now: number) {
    this.clock = new Clock(now)
    this.network = new Network(this.clock, this.dice)
    this.files = { '/etc/services': JSON.parse(readFileSync('engine/cluster/etc.data.json', 'utf8'))['/etc/services'] as string }
    servers(this.network)
    for (const [name, dump] of Object.entries(states.base.dump)) this.build(name, dump)
    for (const [a, x, b, y] of PAIRS) this.join(this.ns(a), x, this.ns(b), y)
    for (const [name, dump] of Object.entries(states.base.dump)) this.configure(this.ns(name), dump)
  }

  ns(name: string): Netns {
    const found = this.network.namespace(name)
    if (found === undefined) throw new Error(name)
    return found
  }

  private build(name: string, dump: Dump): void {
    const ns = this.network.createNetns(name)
    for (const l of dump.links) {
      if (l.name === 'lo') continue
      const kind = l.kind === 'bridge' ? 'bridge' : 'veth'
      ns.addLink({ index: l.index, name: l.name, kind, mac: l.mac, mtu: l.mtu, up: true, addresses: [], qlen: 1000, ...(l.master === undefined ? {} : { master: l.master }) })
    }
  }

  private join(a: Netns, x: string, b: Netns, y: string): void {
    const [first, second] = [a.link(x), b.link(y)]
    if (first === undefined || second === undefined) throw new Error(`${x} ${y}`)
    a.updateLink(x, { peer: { netns: b.id, index: second.index } })
    b.updateLink(y, { peer: { netns: a.id, index: first.index } })
  }

  private configure(ns: Netns, dump: Dump): void {
    for (const a of dump.addresses)
      if (a.family === 'inet' && a.dev !== 'lo') ns.addAddress(a.dev, a.address, { scope: a.scope, ...(a.brd === undefined ? {} : { broadcast: a.brd }) })
    for (const line of dump.routes) {
      const [to = '', ...words] = line.trim().split(/\s+/)
      const of = (k: string) => (words.includes(k) ? words[words.indexOf(k) + 1] : undefined)
      const dst = parseCidr(to === 'default' ? '0.0.0.0/0' : to)
      if (dst === undefined || dst.family === 6 || of('proto') === 'kernel') continue
      const via = of('via')
      const dev = of('dev')
      ns.addRoute({ dst, type: 'unicast', scope: via === undefined ? 'link' : 'global', proto: 'boot', table: TABLE_MAIN, ...(via === undefined ? {} : { via }), ...(dev === undefined ? {} : { dev }) })
    }
    for (const [key, value] of Object.entries(dump.sysctls)) ns.setSysctl(key, value)
    if (dump.iptables === '') return this.listen(ns, dump)
    for (const [, name = ''] of dump.iptables.matchAll(/--nfacct-name\s+(\S+)/g)) ns.netfilter.addAccounting(name)
    const restored = restoreText(ns.netfilter, dump.iptables, { family: 4, writer: '1.8.9/nft' })
    if (!restored.ok) throw new Error(`${restored.line} ${restored.error}`)
    this.listen(ns, dump)
  }

  private listen(ns: Netns, dump: Dump): void {
    for (const line of dump.listening) {
      const [proto, at = '', comm = ''] = line.split(' ')
      const port = Number(at.slice(at.lastIndexOf(':') + 1))
      const host = at.slice(0, at.lastIndexOf(':'))
      const options = { port, address: host === '*' ? '::' : host, program: `p${port}`, config: ns.name, owner: { comm, pid: 10, fd: 3 } }
      if (proto === 'tcp') ns.ip.listenTcp(options)
      else ns.ip.listenUdp(options)
    }
  }

  /** Runs one program as the recorder did: 45 s at most. */
  async run(where: string, argv: readonly string[]): Promise<Ran> {
    return runOn(this.ns(where), argv, this.files)
  }
}

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number | 'timeout'
}

/** Runs one program in a namespace, moving virtual time as far as it waits. */
export async function runOn(netns: Netns, argv: readonly string[], files: Readonly<Record<string, string>> = {}, uid = 0, stdin = '', limitMs = 45_000, iptables = '1.8.9/nft'): Promise<Ran> {
    const clock = netns.net.clock
    const out = { stdout: '', stderr: '' }
    const command = findCommand(argv[0] ?? '')
    if (command === undefined) return { ...out, exit: 127 }
    const signal = new Canceller()
        const machine = {
      id: netns.id,
      kind: 'node',
      hostname: netns.name,
      netns,
      fs: { exists: (p: string) => files[p] !== undefined, read: (p: string) => files[p] ?? '', write: () => {} },
      clock,
      dice: netns.net.dice,
      api: () => undefined,
      iptables: { version: iptables.split('/')[0], backend: iptables.split('/')[1] },
    } as unknown as Machine
    const context: CommandContext = {
      argv,
      env: {},
      cwd: '/root',
      user: { name: 'root', uid, gid: uid, home: '/root' },
      stdin: { isTty: false, text: () => Promise.resolve(stdin), line: () => Promise.resolve(undefined), piece: () => Promise.resolve(stdin || undefined) },
      stdout: { write: (t) => void (out.stdout += t) },
      stderr: { write: (t) => void (out.stderr += t) },
      machine,
      clock,
      signal,
      sleep: (ms) => clock.sleep(ms, signal),
      mark: () => {},
      behalf: { ran: () => {}, mark: () => {} },
      run: () => Promise.resolve(127),
      findProgram: () => undefined,
    }
    const limit = clock.now + limitMs
    let exit: number | undefined
    const running = Promise.resolve(command.run(context)).then((code) => {
      exit = code
    })
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      if (exit !== undefined) break
      const due = clock.nextDue()
      if (due === undefined || due > limit) {
        signal.abort()
        await running
        return { ...out, exit: 'timeout' }
      }
      clock.advanceTo(due)
    }
    return { ...out, exit }
  }

/** The recorder's stub server: a web server on 80 and 8080, and ports that misbehave. */
function servers(network: Network): void {
  const page = (status: string, body: string, more = '') => `HTTP/1.1 ${status}\r\nServer: web\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`
  const web = (name: string) =>
    network.registerProgram({
      name,
      data(c, data, context) {
        const [method, path = '/'] = data.split(' ')
        const at = data.indexOf('\r\n\r\n')
        if (method === 'POST' && at + 4 === data.length && typeof c.app !== 'string') {
          c.app = data
          return
        }
        if (typeof c.app === 'string') return c.send(page('200 OK', `${data}\n`))
        if (path === '/slow') return
        if (path === '/404') return c.send(page('404 Not Found', 'not found\n'))
        if (path === '/500') return c.send(page('500 Internal Server Error', 'internal error\n'))
        if (path === '/redirect') return c.send(page('302 Found', '', 'Location: /\r\n'))
        const body = path === '/ip' ? `${c.remote}\n` : path === '/big' ? 'x'.repeat(200_000) : `${context.config}\n`
        const whole = page('200 OK', body)
        c.send(method === 'HEAD' ? whole.slice(0, whole.indexOf('\r\n\r\n') + 4) : whole)
      },
    })
  for (const port of [80, 8080]) web(`p${port}`)
  network.registerProgram({ name: 'p8443', data: (c) => c.close() })
  network.registerProgram({ name: 'p9000', data: (c, d) => c.send(d), datagram: (d, _from, context) => [`${context.config} ${d}`] })
  network.registerProgram({ name: 'p9001', data: (c) => c.close() })
  network.registerProgram({ name: 'p9002', data: () => {} })
  network.registerProgram({ name: 'p9003', data: (c) => c.reset() })
  network.registerProgram({
    name: 'p9004',
    data(c) {
      c.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf a body\n')
      c.close()
    },
  })
  network.registerProgram({
    name: 'p9005',
    data(c) {
      c.send('garbage\n')
      c.close()
    },
  })
  network.registerProgram({ name: 'p9006', data: (c) => c.close() })
}
