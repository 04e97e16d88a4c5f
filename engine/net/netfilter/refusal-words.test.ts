import { expect, test } from 'vitest'
import { TwoHosts } from '../two-hosts.harness.ts'

/** Rules that a real kernel 6.18 refused, and what its log said. */
const RECORDED: readonly (readonly [table: string, rule: string, said: string])[] = [
  [
    'filter',
    '-A OUTPUT -m socket',
    'x_tables: ip_tables: socket match: used from hooks OUTPUT, but only valid from PREROUTING/INPUT',
  ],
  [
    'filter',
    '-A INPUT -m owner --uid-owner 0',
    'x_tables: ip_tables: owner match: used from hooks INPUT, but only valid from OUTPUT/POSTROUTING',
  ],
  [
    'mangle',
    '-A INPUT -m rpfilter',
    'x_tables: ip_tables: rpfilter match: used from hooks INPUT, but only valid from PREROUTING',
  ],
  ['filter', '-A INPUT -j TTL --ttl-set 5', 'x_tables: ip_tables: TTL target: only valid in mangle table, not filter'],
  ['filter', '-A INPUT -j TRACE', 'x_tables: ip_tables: TRACE target: only valid in raw table, not filter'],
  ['nat', '-A POSTROUTING -j REJECT', 'x_tables: ip_tables: REJECT target: only valid in filter table, not nat'],
  [
    'nat',
    '-A POSTROUTING -p tcp -j DNAT --to 1.2.3.4',
    'x_tables: ip_tables: DNAT target: used from hooks POSTROUTING, but only usable from PREROUTING/OUTPUT',
  ],
  ['filter', '-A INPUT -j MASQUERADE', 'x_tables: ip_tables: MASQUERADE target: only valid in nat table, not filter'],
  ['filter', '-A INPUT -m icmp --icmp-type 8', 'x_tables: ip_tables: icmp match: only valid for protocol 1'],
  [
    'mangle',
    '-A INPUT -j CLASSIFY --set-class 1:1',
    'x_tables: ip_tables: CLASSIFY target: used from hooks INPUT, but only usable from FORWARD/OUTPUT/POSTROUTING',
  ],
  ['filter', '-A INPUT -p tcp -j TCPMSS --set-mss 5', 'xt_TCPMSS: Only works on TCP SYN packets'],
  ['filter', '-A INPUT -p udp -j REJECT --reject-with tcp-reset', 'ipt_REJECT: TCP_RESET invalid for non-tcp'],
  [
    'filter',
    '-A INPUT -m addrtype --dst-type LOCAL --limit-iface-out',
    'xt_addrtype: output interface limitation not valid in PREROUTING and INPUT',
  ],
  ['mangle', '-A PREROUTING -j TPROXY --on-port 5', 'xt_TPROXY: Can be used only with -p tcp or -p udp'],
  ['filter', '-A INPUT -m limit --limit 1/day --limit-burst 5', 'xt_limit: Overflow, try lower: 864000000/5'],
  [
    'filter',
    '-A INPUT -m recent --rcheck --hitcount 70000',
    'xt_recent: hitcount (70000) is larger than allowed maximum (65535)',
  ],
  ['filter', '-A INPUT -m nfacct --nfacct-name foo', "xt_nfacct: accounting object `foo' does not exist"],
  ['raw', '-A PREROUTING -p tcp -j CT --helper foo', 'xt_CT: No such helper "foo"'],
  ['raw', '-A PREROUTING -p tcp -j CT --timeout foo', 'No such timeout policy "foo"'],
]

test.each(RECORDED)('%s %s', (table, rule, said) => {
  const hosts = new TwoHosts('', '1.8.9/legacy')
  expect(() => hosts.load(`*${table}\n${rule}\nCOMMIT\n`)).toThrow()
  expect(hosts.log()).toEqual([said])
})

test('a connbytes rule turns accounting on, and says so once', () => {
  const rule = '*filter\n-A INPUT -m connbytes --connbytes 5 --connbytes-dir both --connbytes-mode bytes\nCOMMIT\n'
  const hosts = new TwoHosts(rule)
  hosts.load(rule)
  expect(hosts.log()).toEqual(['xt_connbytes: Forcing CT accounting to be enabled'])
  expect(hosts.node.sysctl('net.netfilter.nf_conntrack_acct')).toBe('1')
})
