import { expect, test } from 'vitest'
import { listingCommand } from './listing-command.ts'
import { ruleLine } from './rule-lines.ts'

const NODES = ['n1', 'n2']
/** Each line of a screen as "chain#rule target" where it is about one. */
function read(text: string): (string | undefined)[] {
  const lines = text.split('\n')
  return lines.map((line, row) => {
    const about = ruleLine(line, { nodes: NODES, above: (back) => lines[row - back] })
    if (!about) return undefined
    const { chain, rule, target } = about
    expect(target === undefined || line.startsWith(target.text, target.start)).toBe(true)
    const { node, table } = (chain ?? rule)?.query ?? {}
    const number = rule ? `#${rule.query.rule}` : ''
    return `${node} ${table} ${(rule ?? chain)?.query.chain}${number}${target ? ` ${target.chain ? '>' : ''}${target.text}` : ''}`
  })
}

test('a listing is counted from its chain’s line', () => {
  const screen = `root@n1:~# iptables -t nat -L
Chain PREROUTING (policy ACCEPT)
target     prot opt source               destination         
KUBE-SERVICES  all  --  anywhere             anywhere             /* kubernetes service portals */
           tcp  --  anywhere             anywhere             tcp dpt:http

Chain KUBE-SEP-AXV (1 references)
target     prot opt source               destination         
KUBE-MARK-MASQ  all  --  10.0.2.209           anywhere            
DNAT       tcp  --  anywhere             anywhere             tcp to:10.0.2.209:8080
# Warning: iptables-legacy tables present, use iptables-legacy to see them
root@n1:~# `
  expect(read(screen)).toEqual([
    undefined,
    'n1 nat PREROUTING',
    undefined,
    'n1 nat PREROUTING#1 >KUBE-SERVICES',
    'n1 nat PREROUTING#2',
    undefined,
    'n1 nat KUBE-SEP-AXV',
    undefined,
    'n1 nat KUBE-SEP-AXV#1 >KUBE-MARK-MASQ',
    'n1 nat KUBE-SEP-AXV#2 DNAT',
    undefined,
    undefined,
  ])
})

test('numbers and counters that are printed are read', () => {
  const screen = `root@n1:~# ssh root@n2 iptables -L INPUT -n -v --line-numbers
Chain INPUT (policy ACCEPT 0 packets, 0 bytes)
num   pkts bytes target     prot opt in     out     source               destination         
1       12   720 DROP       tcp  --  eth0   *       0.0.0.0/0            0.0.0.0/0            tcp dpt:22
2     1028K  80M            all  --  *      *       0.0.0.0/0            0.0.0.0/0           `
  expect(read(screen).slice(3)).toEqual(['n2 filter INPUT#1 DROP', 'n2 filter INPUT#2'])
})

test('a filter between leaves lines out: only a printed number under a named chain is certain', () => {
  expect(read(`root@n1:~# iptables -t nat -nL KUBE-SVC-X | grep SEP\nKUBE-SEP-A  all  --  0.0.0.0/0  0.0.0.0/0`)[1]).toBe(
    'n1 nat KUBE-SVC-X >KUBE-SEP-A',
  )
  expect(
    read(`root@n1:~# iptables -t nat -nL KUBE-SVC-X --line | grep SEP\n7    KUBE-SEP-A  all  --  0.0.0.0/0  0.0.0.0/0`)[1],
  ).toBe('n1 nat KUBE-SVC-X#7 >KUBE-SEP-A')
  expect(read(`root@n1:~# iptables-save -t nat | grep SEP-A\n-A KUBE-SVC-X -j KUBE-SEP-A`)[1]).toBe(
    'n1 nat KUBE-SVC-X >KUBE-SEP-A',
  )
  expect(read(`root@n1:~# iptables -t nat -L | grep SEP\nKUBE-SEP-A  all  --  anywhere  anywhere`)[1]).toBe(
    'undefined undefined undefined >KUBE-SEP-A',
  )
})

test('specifications are counted within their chain', () => {
  const screen = `root@n1:~# iptables-save -c
*nat
:KUBE-SVC-X - [0:0]
[12:720] -A KUBE-SVC-X ! -s 10.0.0.0/8 -m comment --comment "a -j b" -j KUBE-MARK-MASQ
[0:0] -A KUBE-SVC-X -j KUBE-SEP-A
[0:0] -A OTHER -g KUBE-SEP-B
COMMIT`
  expect(read(screen).slice(2, 6)).toEqual([
    'n1 nat KUBE-SVC-X',
    'n1 nat KUBE-SVC-X#1 >KUBE-MARK-MASQ',
    'n1 nat KUBE-SVC-X#2 >KUBE-SEP-A',
    'n1 nat OTHER#1 >KUBE-SEP-B',
  ])
  expect(read(`root@n1:~# iptables -S OUTPUT 3\n-A OUTPUT -j DROP`)[1]).toBe('n1 filter OUTPUT#3 DROP')
})

test('commands as people write them', () => {
  const command = (typed: string) => listingCommand(`root@n1:~# ${typed}`, NODES)
  expect(command('iptables -tnat -vnL KUBE-SERVICES 4')).toMatchObject({
    table: 'nat',
    form: 'list',
    chain: 'KUBE-SERVICES',
    only: 4,
  })
  expect(command('iptables-legacy --table=mangle --list-rules')).toMatchObject({
    table: 'mangle',
    form: 'spec',
    backend: 'legacy',
  })
  expect(command('sudo ip6tables -S -t nat')).toMatchObject({ table: 'nat', form: 'spec', family: 6 })
  expect(command('/usr/sbin/iptables-nft-save')).toMatchObject({ form: 'save', backend: 'nft', table: undefined, whole: true })
  expect(command('iptables -A INPUT -j DROP')).toBeUndefined()
  expect(command('kubectl get pods')).toBeUndefined()
  expect(listingCommand('/ # iptables -L', NODES)).toBeUndefined()
})
