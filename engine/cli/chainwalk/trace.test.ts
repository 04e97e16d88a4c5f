import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Schema, violations } from '../../../test/support/json-schema.ts'
import { labFolder, Typist } from '../../../test/support/session.ts'
import type { ConnectionSummary, ConnectionWalk } from '../../net/walk.ts'

const MASTER = 'datnd-master-node'
const SVC = 'svc/myapp/back-end-service:8080'
const trace = (...words: readonly string[]) => `chainwalk trace ${words.join(' ')}`
const schema = JSON.parse(readFileSync('docs/trace.schema.json', 'utf8')) as Schema

describe('chainwalk trace', () => {
  let typist: Typist
  let pod: string

  beforeAll(async () => {
    typist = await Typist.atNode(labFolder('from-endpoints-to-dnat'), MASTER)
    pod = (await typist.type("kubectl get pod -n myapp -l app=back-end -o jsonpath='{.items[0].metadata.name}'")).trim()
  })

  it('opens a real connection: counters move, conntrack has the entry, and the walk says what they say', async () => {
    const before = await typist.type('iptables -t nat -nvxL KUBE-SVC-RGMS66KYPCAJJEVV')
    const told = await typist.type(trace(`--from node/${MASTER}`, `--to ${SVC}`))
    const after = await typist.type('iptables -t nat -nvxL KUBE-SVC-RGMS66KYPCAJJEVV')
    expect(after).not.toBe(before)
    expect(told).toMatch(
      /^connection \d+, tcp: node datnd-master-node 192\.168\.56\.10:\d+ -> 10\.108\.197\.131:8080, connected\n/,
    )
    expect(told).toMatch(/packet 1 -> SYN: delivered\n {2}on node datnd-master-node\n/)
    expect(told).toMatch(/KUBE-SEP-\w+ rule 2 {2}DNAT 10\.0\.\d\.\d+:8080 {2}\[\d+:\d+\]\n {8}-A KUBE-SEP-/)
    expect(told).toMatch(/\n {8}destination 10\.108\.197\.131:8080 -> 10\.0\.\d\.\d+:8080\n/)
    expect(told).toMatch(/packet 2 <- SYN,ACK: delivered\n/)
    expect(told.trimEnd().split('\n').at(-1)).toMatch(
      /^Delivered: 10\.0\.\d\.\d+:8080 of pod myapp\/back-end-\S+ answered; KUBE-SEP-/,
    )
    expect(await typist.type('conntrack -L -p tcp -d 10.108.197.131')).toMatch(/dst=10\.108\.197\.131 /)
    expect(await typist.type(`${trace(`--from node/${MASTER}`, `--to ${SVC}`)} >/dev/null; echo $?`)).toBe('0\n')
  })

  it('prints the walk as data that fits the schema, and the remembered one the same', async () => {
    const json = await typist.type(trace(`--from node/${MASTER}`, `--to ${SVC}`, '-o json'))
    const walk = JSON.parse(json) as ConnectionWalk
    expect(violations(schema, walk)).toEqual([])
    expect(await typist.type(trace('last', '-o json'))).toBe(json)
    expect(await typist.type(trace(String(walk.connection.id), '--output=json'))).toBe(json)
    expect(typist.session.walk(walk.connection.id)).toEqual(walk)
    const many = JSON.parse(
      await typist.type(trace(`--from node/${MASTER}`, `--to ${SVC}`, '--count 3 -o json')),
    ) as ConnectionWalk[]
    expect(many.map((w) => w.connection.result)).toEqual(['connected', 'connected', 'connected'])
  })

  it('starts in a pod or at an address, goes to a pod, a Service port by name, or UDP', async () => {
    const fromPod = await typist.type(trace(`--from pod/myapp/${pod}`, '--to svc/kube-system/kube-dns:dns'))
    expect(fromPod).toMatch(/^connection \d+, udp: pod myapp\/back-end-\S+ 10\.0\.\S+ -> 10\.96\.0\.10:53, connected\n/)
    const toPod = await typist.type(trace('--from 192.168.56.11', `--to pod/myapp/${pod}:8080`))
    expect(toPod).toMatch(/tcp: node datnd-worker-node-1 192\.168\.56\.11:\d+ -> 10\.0\.\S+:8080, connected/)
    const datagram = await typist.type(trace(`--from node/${MASTER}`, '--to 192.168.56.11:999 --udp; echo $?'))
    expect(datagram).toMatch(/packet 2 <- ICMP port unreachable, answering packet 1: delivered/)
    expect(datagram).toMatch(
      /\nRefused: the packet reached node datnd-worker-node-1, where nothing listens on port 999; .*\.\n1\n$/,
    )
  })

  it('tells what Cilium’s BPF program did where pods’ Services are its own', async () => {
    await typist.type('chainwalk set podServiceLB bpf')
    const told = await typist.type(trace(`--from pod/myapp/${pod}`, '--to svc/myapp/front-end-service:80'))
    await typist.type('chainwalk set podServiceLB none')
    expect(told).toMatch(
      / bpf\n {8}A BPF program at the pod's device picks an endpoint itself: .*\n {8}destination 10\.\d+\.\d+\.\d+:80 -> 10\.0\.\d\.\d+:80\n/,
    )
    expect(told).toMatch(/The BPF program translates the answer back: the source becomes 10\.\d+\.\d+\.\d+:80\./)
    expect(told).not.toMatch(/KUBE-SVC/)
    expect(told.trimEnd()).toMatch(/a BPF program gave it the destination 10\.0\.\d\.\d+:80\.$/)
  })

  it('says who dropped, rejected or never answered, and exits with 1', async () => {
    await typist.type(
      'iptables -I OUTPUT -d 192.168.56.11 -p tcp --dport 81 -j DROP; iptables -I OUTPUT -p tcp --dport 82 -j REJECT',
    )
    const dropped = await typist.type(trace(`--from node/${MASTER}`, '--to 192.168.56.11:81 --timeout 2; echo $?'))
    expect(dropped).toMatch(
      /\nDropped on node datnd-master-node by OUTPUT rule 2; nobody was told; .* and it was sent 2 times\.\n1\n$/,
    )
    const rejected = await typist.type(trace(`--from node/${MASTER}`, '--to 192.168.56.11:82; echo $?'))
    expect(rejected).toMatch(/\nRejected on node datnd-master-node: OUTPUT rule 1 answered with icmp-port-unreachable; .*\n1\n$/)
    const nobody = await typist.type(trace(`--from node/${MASTER}`, '--to 192.168.56.99:80'))
    expect(nobody).toMatch(
      /\nNo way on from node datnd-master-node; nobody answers ARP for 192\.168\.56\.99 on eth0 and it was sent \d times\.\n$/,
    )
  })

  it('names the backend where rules of both were met, and whose words the rules are in', async () => {
    await typist.type('iptables-legacy -I OUTPUT -p tcp --dport 83 -j DROP')
    const dropped = await typist.type(trace(`--from node/${MASTER}`, '--to 192.168.56.11:83 --timeout 2'))
    expect(dropped).toMatch(/OUTPUT filter +OUTPUT rule 1 \(legacy\) {2}DROP/)
    expect(dropped).toMatch(
      /\nRules are quoted as their writers print them; .*\nDropped on node \S+ by OUTPUT rule 1 \(legacy\);/,
    )
  })

  it.each([
    ['', '--from is missing (see chainwalk trace --help)'],
    [`--from node/${MASTER}`, '--to is missing (see chainwalk trace --help)'],
    [
      '--from node/nobody --to 10.0.0.1:80',
      `--from node/nobody: no such node (there are ${MASTER}, datnd-worker-node-1, datnd-worker-node-2)`,
    ],
    ['--from pod/myapp/nobody --to 10.0.0.1:80', '--from pod/myapp/nobody: no such pod'],
    ['--from 9.9.9.9 --to 10.0.0.1:80', '--from 9.9.9.9: no node or pod has this address'],
    ['--from myapp/x --to 10.0.0.1:80', '--from myapp/x: want pod/NAMESPACE/NAME, node/NAME or an address'],
    [`--from node/${MASTER} --to svc/myapp/nobody:80`, '--to svc/myapp/nobody: no such Service'],
    [
      `--from node/${MASTER} --to svc/myapp/back-end-service:web`,
      '--to svc/myapp/back-end-service:web: no such port (it has 8080)',
    ],
    [
      `--from node/${MASTER} --to svc/myapp/back-end-service`,
      '--to svc/myapp/back-end-service: the port is missing (it has 8080)',
    ],
    [`--from node/${MASTER} --to 10.0.0.1`, '--to 10.0.0.1: the port is missing'],
    [`--from node/${MASTER} --to 10.0.0.1:0`, '--to 10.0.0.1:0: 0 is no port'],
    [
      `--from node/${MASTER} --to 10.0.0.256:80`,
      '--to 10.0.0.256:80: want svc/NAMESPACE/NAME:PORT, pod/NAMESPACE/NAME:PORT, ADDRESS:PORT or HOST:PORT',
    ],
    [`--from node/${MASTER} --to no.such.host:80`, '--to no.such.host: Temporary failure in name resolution'],
    [`--from node/${MASTER} --to 10.0.0.1:80 --count 0`, '--count 0: want a number from 1 to 1000'],
    [`--from node/${MASTER} --to 10.0.0.1:80 -o yaml`, '-o yaml: want text or json'],
    ['last --from node/x', '--from opens a connection, and last names one that is remembered'],
    ['first', "first: want a connection's number, or last"],
    ['999999', 'connection 999999 is not remembered (see chainwalk connections)'],
    ['1 2', 'one connection at a time, not also 2'],
    ['--bogus', "unrecognized option '--bogus'"],
  ])('a question that cannot be asked: %s', async (words, why) => {
    expect(await typist.type(`${trace(words)}; echo $?`)).toBe(`chainwalk: trace: ${why}\n2\n`)
  })

  it('says in its help that it is real traffic', async () => {
    expect(await typist.type(trace('--help'))).toContain('It is real traffic: counters move')
  })
})

describe('chainwalk connections and hits', () => {
  it('lists what typed lines have made, newest first; hits finds the packets of a rule; undo forgets them', async () => {
    const typist = await Typist.atNode(labFolder('from-endpoints-to-dnat'), MASTER)
    expect(await typist.type('chainwalk connections')).toBe('no connection has been made yet\n')
    expect(await typist.type('chainwalk trace last')).toBe('chainwalk: trace: no connection has been made yet\n')
    await typist.type('curl -s 10.108.197.131:8080; ping -c1 192.168.56.11')
    const list = JSON.parse(await typist.type('chainwalk connections -o json')) as ConnectionSummary[]
    expect(list.map((c) => [c.proto, c.command])).toEqual([
      ['icmp', 'curl -s 10.108.197.131:8080; ping -c1 192.168.56.11'],
      ['tcp', 'curl -s 10.108.197.131:8080; ping -c1 192.168.56.11'],
    ])
    expect(typist.session.connections()).toEqual(list)
    expect(typist.session.view().newestConnection).toBe(list[0]?.id)
    const table = await typist.type('chainwalk connections')
    expect(table.split('\n')[0]).toMatch(/^ID +TIME +PROTO +FROM +TO +BACKEND +RESULT +COMMAND$/)
    expect(await typist.type('chainwalk hits nat KUBE-SVC-RGMS66KYPCAJJEVV 1')).toMatch(
      /^connection \d+ packet 1 step \d+, rule 1: curl -s .*\n$/,
    )
    expect(await typist.type('chainwalk hits --node datnd-worker-node-1 nat KUBE-SVC-RGMS66KYPCAJJEVV')).toBe(
      'no remembered packet\n',
    )
    expect(await typist.type('chainwalk hits nowhere X; echo $?')).toBe(
      'chainwalk: hits: nowhere: no such table (raw, mangle, nat, filter, security)\n2\n',
    )
    await typist.session.apply({ type: 'undo' })
    expect(typist.session.connections()).toEqual([])
    expect(typist.session.walk(list[0]?.id ?? 0)).toBeUndefined()
    await typist.session.apply({ type: 'redo' })
    expect(typist.session.connections()).toEqual(list)
  })
})
