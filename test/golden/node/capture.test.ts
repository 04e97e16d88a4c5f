import { describe, expect, test } from 'vitest'
import { TwoHosts } from '../../../engine/net/two-hosts.harness.ts'
import { runOn } from './lab.ts'

const RULES = '*filter\n-A INPUT -p udp --dport 7 -j LOG --log-prefix "seven "\n-A INPUT -p udp --dport 8 -j LOG --log-level error\n-A INPUT -p udp -j NFLOG --nflog-group 5\nCOMMIT\n'
const run = (hosts: TwoHosts, line: string, uid = 0, limitMs = 1000) => runOn(hosts.node, line.split(' '), {}, uid, '', limitMs)

describe('dmesg', () => {
  const made = () => {
    const hosts = new TwoHosts(RULES)
    for (const port of [7, 8]) hosts.datagram('10.9.0.1', port)
    return hosts
  }
  const seven = /^\[ {3,4}\d{2}\.\d{6}\] seven IN=eth0 OUT= MAC=.* DPT=7 LEN=11 \n\[ {3,4}\d{2}\.\d{6}\] IN=eth0 OUT= .* DPT=8 LEN=11 \n$/

  test('shows the node’s log with the time since it started', async () => {
    expect((await run(made(), 'dmesg')).stdout).toMatch(seven)
  })

  test('options of util-linux 2.38.1', async () => {
    const hosts = made()
    const out = async (line: string) => (await run(hosts, line)).stdout
    expect((await out('dmesg -t')).split('\n')[0]).toMatch(/^seven IN=eth0 /)
    expect(await out('dmesg -T')).toMatch(/^\[Thu Jan {2}1 00:00:00 2026\] seven /)
    expect(await out('dmesg -x')).toMatch(/^kern {2}:warn {2}: \[ .*\nkern {2}:err {3}: \[ /)
    expect(await out('dmesg -r')).toMatch(/^<4>\[ .*\n<3>\[ /)
    expect(await out('dmesg -l err')).toMatch(/^\[ {3,4}\d{2}\.\d{6}\] IN=eth0 .* DPT=8 /)
    expect(await out('dmesg -u')).toBe('')
    expect(await out('dmesg -d')).toMatch(/^\[ {3,4}\d{2}\.\d{6} < {4}0\.000000>\] seven .*\n\[ {3,4}\d{2}\.\d{6} < {4}0\.\d{6}>\] IN/)
    expect(await out('dmesg -c')).toMatch(seven)
    expect(await out('dmesg')).toBe('')
  })

  test('refuses what the real one refuses, in its words', async () => {
    const hosts = made()
    const said = async (line: string, uid = 0) => {
      const { stderr, exit } = await run(hosts, line, uid)
      return [exit, stderr]
    }
    const more = "Try 'dmesg --help' for more information.\n"
    expect(await said('dmesg -l foo')).toEqual([1, "dmesg: unknown level 'foo'\n"])
    expect(await said('dmesg -f foo')).toEqual([1, "dmesg: unknown facility 'foo'\n"])
    expect(await said('dmesg foo')).toEqual([1, `dmesg: bad usage\n${more}`])
    expect(await said('dmesg -q')).toEqual([1, `dmesg: invalid option -- 'q'\n${more}`])
    expect(await said('dmesg --level')).toEqual([1, `dmesg: option '--level' requires an argument\n${more}`])
    expect(await said('dmesg -rx')).toEqual([1, 'dmesg: mutually exclusive arguments: --raw --decode\n'])
    expect(await said('dmesg', 65534)).toEqual([1, 'dmesg: read kernel buffer failed: Operation not permitted\n'])
    expect(await said('dmesg -C', 65534)).toEqual([1, 'dmesg: clear kernel buffer failed: Operation not permitted\n'])
    expect((await said('dmesg -H'))[0]).toBe(64)
  })

  test('-W waits for new lines', async () => {
    const hosts = made()
    void hosts.clock.sleep(300).then(() => hosts.datagram('10.9.0.1', 7))
    const { stdout, exit } = await run(hosts, 'dmesg -W')
    expect(exit).toBe('timeout')
    expect(stdout).toMatch(/^\[ {3,4}\d{2}\.\d{6}\] seven .* DPT=7 LEN=11 \n$/)
  })
})

describe('tcpdump', () => {
  const talking = () => {
    const hosts = new TwoHosts(RULES)
    for (const ms of [100, 200, 300]) void hosts.clock.sleep(ms).then(() => hosts.datagram('10.9.0.1', 9, 'x'.repeat(ms / 100), hosts.client, 5000))
    return hosts
  }
  const head = 'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\nlistening on'
  const tail = (n: number) => `${n} packet${n === 1 ? '' : 's'} captured\n${n} packet${n === 1 ? '' : 's'} received by filter\n0 packets dropped by kernel\n`

  test('ends after -c packets, or says when it was interrupted with an empty line', async () => {
    const ended = await run(talking(), 'tcpdump -nt -i eth0 -c 2 udp')
    expect(ended).toEqual({
      exit: 0,
      stdout: 'IP 10.9.0.2.5000 > 10.9.0.1.9: UDP, length 1\nIP 10.9.0.2.5000 > 10.9.0.1.9: UDP, length 2\n',
      stderr: `${head} eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n${tail(2)}`,
    })
    const stopped = await run(talking(), 'tcpdump -nt dst port 9 and greater 45')
    expect(stopped.stdout).toBe('IP 10.9.0.2.5000 > 10.9.0.1.9: UDP, length 3\n\n')
    expect(stopped.stderr).toContain(tail(1))
  })

  test('any, directions and nflog groups', async () => {
    const any = await run(talking(), 'tcpdump -nti any -c 2')
    expect(any.stdout.split('\n').slice(0, 2)).toEqual([
      'eth0  B   ARP, Request who-has 10.9.0.1 tell 10.9.0.2, length 28',
      'eth0  Out ARP, Reply 10.9.0.1 is-at 02:00:00:00:00:01, length 28',
    ])
    expect(any.stderr).toContain('tcpdump: data link type LINUX_SLL2\n')
    const out = await run(talking(), 'tcpdump -nt -i eth0 -Q out icmp')
    expect(out.stdout).toMatch(/^(IP 10\.9\.0\.1 > 10\.9\.0\.2: ICMP 10\.9\.0\.1 udp port 9 unreachable, length \d+\n)+\n$/)
    const group = await run(talking(), 'tcpdump -nt -i nflog:5 -c 1')
    expect(group.stdout).toBe('IP 10.9.0.2.5000 > 10.9.0.1.9: UDP, length 1\n')
    expect(group.stderr).toContain('listening on nflog:5, link-type NFLOG (Linux netfilter log messages), snapshot length 262144 bytes\n')
  })

  test('refuses what the real one refuses, in its words', async () => {
    const said = async (line: string, uid = 0) => {
      const { stderr, exit } = await run(new TwoHosts(), line, uid)
      return [exit, stderr.split('\n').slice(0, 2).join('\n')]
    }
    expect(await said('tcpdump -i nosuch')).toEqual([1, 'tcpdump: nosuch: No such device exists\n(No such device exists)'])
    expect(await said('tcpdump -i lo -c x')).toEqual([1, 'tcpdump: invalid packet count x\n'])
    expect(await said('tcpdump -i nflog:70000')).toEqual([1, 'tcpdump: Netfilter group range from 0 to 65535 (got 70000)\n'])
    expect(await said('tcpdump -i nflog:5 icmp')).toEqual([1, 'tcpdump: NFLOG link-layer type filtering not implemented\n'])
    expect(await said('tcpdump -Q foo -i lo')).toEqual([1, "tcpdump: unknown capture direction `foo'\n"])
    expect(await said('tcpdump -k')).toEqual([1, "tcpdump: invalid option -- 'k'\ntcpdump version 4.99.3"])
    expect(await said('tcpdump -i eth0', 65534)).toEqual([
      1,
      "tcpdump: eth0: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)",
    ])
    expect((await said('tcpdump -i eth0 vlan 5'))[0]).toBe(64)
    expect((await said('tcpdump -i eth0 -w -'))[0]).toBe(64)
  })

  test('the kernel notes who listens to everything', async () => {
    const hosts = talking()
    await run(hosts, 'tcpdump -nt -i eth0 -c 1')
    expect(hosts.log()).toEqual(['eth0: entered promiscuous mode', 'eth0: left promiscuous mode'])
  })
})
