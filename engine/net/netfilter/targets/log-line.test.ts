import { expect, test } from 'vitest'
import { TwoHosts } from '../../two-hosts.harness.ts'

/** Lines that a real kernel 6.18 wrote for these rules and packets; ports, identifications and sequence numbers are its own. */
const RULES = `*filter
-A INPUT -p tcp -j LOG --log-prefix "hello " --log-tcp-options --log-tcp-sequence --log-uid --log-ip-options
-A INPUT -p udp -j LOG --log-prefix "u " --log-macdecode --log-level info
-A INPUT -p icmp -j LOG
-A OUTPUT -j LOG --log-prefix "out " --log-uid
COMMIT
`
const RECORDED = [
  [
    6,
    'u IN=eth0 OUT= MACSRC=02:00:00:00:00:02 MACDST=02:00:00:00:00:01 MACPROTO=0800 SRC=10.9.0.2 DST=10.9.0.1 LEN=31 TOS=0x00 PREC=0x00 TTL=64 ID=30457 DF PROTO=UDP SPT=55283 DPT=999 LEN=11 ',
  ],
  [
    4,
    'out IN= OUT=eth0 SRC=10.9.0.1 DST=10.9.0.2 LEN=59 TOS=0x00 PREC=0xC0 TTL=64 ID=54750 PROTO=ICMP TYPE=3 CODE=3 [SRC=10.9.0.2 DST=10.9.0.1 LEN=31 TOS=0x00 PREC=0x00 TTL=64 ID=30457 DF PROTO=UDP SPT=55283 DPT=999 LEN=11 ] ',
  ],
  [
    4,
    'hello IN=eth0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=10.9.0.2 DST=10.9.0.1 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=33193 DF PROTO=TCP SPT=59094 DPT=81 SEQ=3901780680 ACK=0 WINDOW=64240 RES=0x00 SYN URGP=0 OPT (020405B40402080A0552A03E000000000103030A) ',
  ],
  [
    4,
    'out IN= OUT=eth0 SRC=10.9.0.1 DST=10.9.0.2 LEN=40 TOS=0x00 PREC=0x00 TTL=64 ID=0 DF PROTO=TCP SPT=81 DPT=59094 WINDOW=0 RES=0x00 ACK RST URGP=0 ',
  ],
  [
    4,
    'out IN= OUT=eth0 SRC=10.9.0.1 DST=10.9.0.2 LEN=31 TOS=0x00 PREC=0x00 TTL=64 ID=47303 DF PROTO=UDP SPT=46921 DPT=999 LEN=11 UID=0 GID=0 ',
  ],
  [
    4,
    'IN=eth0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=10.9.0.2 DST=10.9.0.1 LEN=59 TOS=0x00 PREC=0xC0 TTL=64 ID=16366 PROTO=ICMP TYPE=3 CODE=3 [SRC=10.9.0.1 DST=10.9.0.2 LEN=31 TOS=0x00 PREC=0x00 TTL=64 ID=47303 DF PROTO=UDP SPT=46921 DPT=999 LEN=11 ] ',
  ],
] as const

/** Without what each run draws; the window scale of the recorder's machine is 10, ours 7. */
const masked = (line: string) =>
  line
    .replace(/\bID=[1-9]\d*/g, 'ID=N')
    .replace(/(?<=[SD]PT=)\d{5}/g, 'N')
    .replace(/SEQ=\d+/, 'SEQ=N')
    .replace(/(?<=0402080A)[0-9A-F]{8}/, 'N')
    .replace(/0103030[A7]/, '01030307')

test('LOG writes what nf_log_syslog writes', () => {
  const hosts = new TwoHosts(RULES)
  hosts.datagram('10.9.0.1', 999)
  hosts.client.ip.connectTcp({ dst: '10.9.0.1', port: 81, uid: 0 })
  hosts.datagram('10.9.0.2', 999, 'hi\n', hosts.node)
  expect(hosts.node.kernelLog.list().map(({ level, text }) => [level, masked(text)])).toEqual(
    RECORDED.map(([level, text]) => [level, masked(text)]),
  )
})

test('loopback has an Ethernet header of zeros, and what comes back has no owner', () => {
  const hosts = new TwoHosts('*filter\n-A INPUT -i lo -j LOG --log-prefix "lo " --log-uid\nCOMMIT\n')
  hosts.node.ip.connectTcp({ dst: '127.0.0.1', port: 81, uid: 0 })
  expect(hosts.log().map(masked)).toEqual([
    'lo IN=lo OUT= MAC=00:00:00:00:00:00:00:00:00:00:00:00:08:00 SRC=127.0.0.1 DST=127.0.0.1 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=N DF PROTO=TCP SPT=N DPT=81 WINDOW=65495 RES=0x00 SYN URGP=0 ',
    'lo IN=lo OUT= MAC=00:00:00:00:00:00:00:00:00:00:00:00:08:00 SRC=127.0.0.1 DST=127.0.0.1 LEN=40 TOS=0x00 PREC=0x00 TTL=64 ID=0 DF PROTO=TCP SPT=81 DPT=N WINDOW=0 RES=0x00 ACK RST URGP=0 ',
  ])
})

test('packets of an open connection have its owner at INPUT, the first and those over lo have none', () => {
  const hosts = new TwoHosts('*filter\n-A INPUT -p tcp -j LOG --log-uid\nCOMMIT\n')
  hosts.client.ip.listenTcp({ port: 22 })
  hosts.node.ip.listenTcp({ port: 23 })
  const owned = () => hosts.log().map((line) => /(SYN|PSH|ACK).*?(UID=\d+|$)/.exec(line)?.[2])
  hosts.node.ip.connectTcp({ dst: '10.9.0.2', port: 22, uid: 33 })
  expect(owned()).toEqual(['UID=33'])
  hosts.node.kernelLog.clear()
  hosts.client.ip.connectTcp({ dst: '10.9.0.1', port: 23, uid: 5 })
  expect(owned()[0]).toBe('')
  hosts.node.kernelLog.clear()
  hosts.node.ip.connectTcp({ dst: '127.0.0.1', port: 23, uid: 33 })
  expect(new Set(owned())).toEqual(new Set(['']))
  hosts.node.setSysctl('net.ipv4.tcp_early_demux', '0')
  hosts.node.kernelLog.clear()
  hosts.node.ip.connectTcp({ dst: '10.9.0.2', port: 22, uid: 33 })
  expect(owned()).toEqual([''])
})

test('other namespaces than the node’s own log only where nf_log_all_netns says so', () => {
  const hosts = new TwoHosts()
  const pod = hosts.network.createNetns('pods/demo/web', hosts.node)
  hosts.network.addVeth(hosts.node, 'veth1', pod, 'eth0')
  pod.addAddress('eth0', '10.9.1.2/24')
  const rules = '*filter\n-A OUTPUT -j LOG --log-prefix "pod "\nCOMMIT\n'
  hosts.load(rules)
  hosts.loadInto(pod, rules)
  const send = () => void hosts.datagram('10.9.1.2', 9, 'x', pod)
  send()
  expect(hosts.log()).toEqual([])
  hosts.node.setSysctl('net.netfilter.nf_log_all_netns', '1')
  send()
  expect(hosts.log().length).toBeGreaterThan(0)
  expect(pod.kernelLog).toBe(hosts.node.kernelLog)
})

test('NFLOG hands a copy to those who listen to its group', () => {
  const hosts = new TwoHosts(
    '*filter\n-A INPUT -p udp -j NFLOG --nflog-group 5 --nflog-prefix "five"\n-A INPUT -p udp -j NFLOG\nCOMMIT\n',
  )
  const heard: string[] = []
  const stops = [5, 0, 7].map((group) =>
    hosts.network.taps.nflog(hosts.node, group, (e) => heard.push(`${e.group} ${e.prefix} ${e.packet.dport}`)),
  )
  hosts.datagram('10.9.0.1', 999)
  for (const stop of stops) stop()
  hosts.datagram('10.9.0.1', 999)
  expect(heard).toEqual(['5 five 999', '0  999'])
})

test('the log is state, and clearing hides what it holds', () => {
  const hosts = new TwoHosts(RULES)
  hosts.datagram('10.9.0.1', 999)
  const saved = JSON.parse(JSON.stringify(hosts.network.save()))
  const before = hosts.log()
  hosts.node.kernelLog.clear()
  expect(hosts.log()).toEqual([])
  hosts.network.load(saved)
  expect(hosts.log()).toEqual(before)
  const times = hosts.node.kernelLog.list().map((line) => line.at)
  expect([...times].sort((a, b) => a - b)).toEqual(times)
})
