import fc from 'fast-check'

/** A line of the tool in words: what follows "iptables -t TABLE -A CHAIN". */
export interface GrammarRule {
  readonly table: string
  readonly chain: string
  readonly words: readonly string[]
}

type Words = fc.Arbitrary<readonly string[]>

const of = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const port = fc.oneof(of(0, 1, 22, 53, 80, 443, 8080, 30000, 65535), fc.integer({ min: 0, max: 65535 }))
const span = fc.tuple(port, port).map(([a, b]) => `${Math.min(a, b)}:${Math.max(a, b)}`)
const ports = fc.oneof(port.map(String), span, of(':80', '1024:', 'http', 'domain:443'))
const address = fc.oneof(of('10.96.0.10', '192.168.10.10', '127.0.0.1'), fc.ipV4())
const network = fc.oneof(
  address,
  fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([a, n]) => `${a}/${n}`),
)
const mark = fc.oneof(of('0x1', '0x4000/0x4000', '0', '0xff/0x0'), fc.nat().map(String))
const device = of('eth0', 'lo', 'cilium_+', 'lxc+', 'cni0')
const text = fc.oneof(
  of('web', 'a.b', 'kubernetes service portals', 'x"y', "it's", '-dash', 'back\\slash', '!', '/', ''),
  fc.string({ maxLength: 40 }),
)
const printable = text.map((t) => [...t].filter((c) => c >= ' ' && c <= '~').join(''))
const subset = (...names: readonly string[]) => fc.subarray([...names], { minLength: 1 }).map((chosen) => chosen.join(','))

/** An option with its value, inverted now and then. */
const opt = (name: string, value?: fc.Arbitrary<unknown>, inverts = false): Words =>
  fc
    .tuple(value ?? fc.constant(undefined), fc.integer({ min: 0, max: 4 }))
    .map(([v, dice]) => [...(inverts && dice === 0 ? ['!'] : []), `--${name}`, ...(v === undefined ? [] : String(v).split('\0'))])
const maybe = (words: Words): Words => fc.oneof(words, fc.constant([]))
const seq = (...parts: readonly Words[]): Words => fc.tuple(...parts).map((found) => found.flat())
const one = (...parts: readonly Words[]): Words => fc.oneof(...parts)

const TCP_FLAGS = subset('SYN', 'ACK', 'FIN', 'RST', 'URG', 'PSH')

/** What follows -m NAME, for a rule of the protocol it wants. */
const MATCHES: Readonly<Record<string, { readonly proto?: string; readonly words: Words }>> = {
  addrtype: {
    words: one(
      opt('dst-type', subset('LOCAL', 'UNICAST', 'BROADCAST'), true),
      opt('src-type', subset('LOCAL', 'MULTICAST'), true),
    ),
  },
  ah: { proto: 'ah', words: maybe(opt('ahspi', of('1', '1:5'), true)) },
  comment: { words: opt('comment', printable) },
  connbytes: {
    words: seq(
      opt('connbytes', of('10', '10:20', '5:'), true),
      opt('connbytes-dir', of('original', 'reply', 'both')),
      opt('connbytes-mode', of('packets', 'bytes', 'avgpkt')),
    ),
  },
  connlimit: {
    words: seq(
      opt('connlimit-above', fc.nat(9), true),
      maybe(opt('connlimit-mask', fc.integer({ min: 0, max: 32 }))),
      maybe(of(['--connlimit-daddr'], ['--connlimit-saddr'])),
    ),
  },
  connmark: { words: opt('mark', mark, true) },
  conntrack: {
    words: one(
      opt('ctstate', subset('NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED', 'DNAT', 'SNAT'), true),
      seq(opt('ctproto', of('tcp', '17'), true), opt('ctorigdstport', ports, true)),
      opt('ctorigdst', network, true),
      seq(opt('ctstatus', subset('ASSURED', 'SEEN_REPLY', 'NONE')), opt('ctdir', of('ORIGINAL', 'REPLY'))),
      opt('ctexpire', of('5', '5:60'), true),
    ),
  },
  cpu: { words: opt('cpu', fc.nat(3), true) },
  dccp: { proto: 'dccp', words: opt('dport', ports, true) },
  devgroup: { words: one(opt('src-group', mark, true), opt('dst-group', mark, true)) },
  dscp: { words: one(opt('dscp', fc.nat(63), true), opt('dscp-class', of('EF', 'AF21', 'cs1'), true)) },
  esp: { proto: 'esp', words: maybe(opt('espspi', of('100', '1:5'), true)) },
  hashlimit: {
    words: seq(
      opt(`hashlimit-above`, of('5/min', '10/sec', '3/hour'), true),
      opt('hashlimit-mode', subset('srcip', 'dstip', 'srcport', 'dstport')),
      opt('hashlimit-name', of('h1', 'h2')),
      maybe(opt('hashlimit-burst', of(1, 7))),
    ),
  },
  helper: { words: opt('helper', of('ftp', 'sip-0'), true) },
  icmp: { proto: 'icmp', words: opt('icmp-type', of('8', '3/1', 'echo-reply', 'any', 'host-unreachable', '255'), true) },
  iprange: {
    words: one(
      opt('src-range', of('10.0.0.1-10.0.0.9', '10.0.0.1'), true),
      opt('dst-range', of('192.168.0.1-192.168.3.255'), true),
    ),
  },
  length: { words: opt('length', of('100', '100:200', ':9', '9:'), true) },
  limit: {
    words: seq(
      maybe(opt('limit', of('5/min', '10/sec', '3/hour', '1/day', '2'))),
      maybe(opt('limit-burst', fc.integer({ min: 1, max: 100 }))),
    ),
  },
  mac: { words: opt('mac-source', of('00:11:22:33:44:55', 'a:b:c:d:e:f'), true) },
  mark: { words: opt('mark', mark, true) },
  multiport: {
    proto: 'tcp',
    words: one(
      opt('dports', of('80', '80,443', '22,2379:2380,10250'), true),
      opt('sports', of('1:1024'), true),
      opt('ports', of('53,80')),
    ),
  },
  owner: {
    words: one(
      opt('uid-owner', of('0', '1000', '1-5', 'root'), true),
      opt('gid-owner', of('0', '5'), true),
      opt('socket-exists', undefined, true),
    ),
  },
  physdev: {
    words: one(
      opt('physdev-in', device, true),
      opt('physdev-is-bridged', undefined, true),
      opt('physdev-is-in', undefined, true),
    ),
  },
  pkttype: { words: opt('pkt-type', of('unicast', 'broadcast', 'multicast'), true) },
  policy: { words: seq(opt('dir', of('in', 'out')), opt('pol', of('none', 'ipsec'))) },
  quota: { words: opt('quota', fc.nat(), true) },
  realm: { words: opt('realm', of('0x5', '1/3'), true) },
  recent: {
    words: seq(
      of(['--set'], ['--rcheck'], ['--update'], ['--remove'], ['!', '--rcheck']),
      maybe(opt('name', of('foo', 'KUBE-SEP-X'))),
      maybe(of(['--rdest'], ['--rsource'])),
    ),
  },
  sctp: {
    proto: 'sctp',
    words: one(opt('dport', ports, true), opt('chunk-types', of('any\0INIT', 'all\0DATA:Be,ABORT', 'only\0ALL'), true)),
  },
  socket: { words: maybe(of(['--transparent'], ['--nowildcard'])) },
  state: { words: opt('state', subset('NEW', 'ESTABLISHED', 'RELATED', 'INVALID'), true) },
  statistic: {
    words: one(
      seq(opt('mode', of('random')), opt('probability', fc.double({ min: 0, max: 1, noNaN: true }), true)),
      seq(opt('mode', of('nth')), opt('every', of(2, 5), true), opt('packet', of(0, 1))),
    ),
  },
  string: { words: seq(opt('string', of('hello', 'GET /', 'a"b'), true), opt('algo', of('bm', 'kmp')), maybe(of(['--icase']))) },
  tcp: {
    proto: 'tcp',
    words: seq(
      maybe(opt('dport', ports, true)),
      maybe(opt('sport', ports, true)),
      maybe(
        one(
          of(['--syn'], ['!', '--syn']),
          opt(
            'tcp-flags',
            fc.tuple(TCP_FLAGS, TCP_FLAGS).map((t) => t.join('\0')),
            true,
          ),
        ),
      ),
      maybe(opt('tcp-option', of(2, 8), true)),
    ),
  },
  tcpmss: { proto: 'tcp', words: opt('mss', of('500', '500:1400'), true) },
  time: {
    words: seq(
      maybe(opt('timestart', of('08:00', '23:59:59'))),
      maybe(opt('timestop', of('18:00'))),
      maybe(opt('weekdays', of('Mon,Tue', '6,7', 'Su'), true)),
    ),
  },
  tos: { words: opt('tos', of('0x10', '0x10/0x3f', 'Minimize-Delay'), true) },
  ttl: { words: one(opt('ttl-eq', of(64), true), opt('ttl-lt', of(5)), opt('ttl-gt', of(250))) },
  u32: { words: opt('u32', of('6 & 0xFF = 1', '0>>22&0x3C@4=0x1'), true) },
  udp: { proto: 'udp', words: seq(maybe(opt('dport', ports, true)), maybe(opt('sport', ports, true))) },
}

const nat = fc.oneof(address, of('10.0.0.1-10.0.0.9'))
const natPorts = fc.tuple(nat, of('', ':8080', ':1024-2000')).map((t) => t.join(''))

/** What follows -j NAME, with the tables that take it. */
const TARGETS: Readonly<Record<string, { readonly tables?: readonly string[]; readonly words: Words }>> = {
  ACCEPT: { words: fc.constant([]) },
  DROP: { tables: ['filter', 'mangle', 'raw'], words: fc.constant([]) },
  RETURN: { words: fc.constant([]) },
  TGT: { words: fc.constant([]) },
  REJECT: {
    tables: ['filter'],
    words: maybe(opt('reject-with', of('icmp-port-unreachable', 'icmp-host-prohibited', 'tcp-reset'))),
  },
  LOG: {
    words: seq(
      maybe(opt('log-prefix', of('drop: ', 'x'))),
      maybe(opt('log-level', of('info', '4', 'debug'))),
      maybe(of(['--log-uid'], ['--log-tcp-options', '--log-ip-options'])),
    ),
  },
  NFLOG: {
    words: seq(
      maybe(opt('nflog-group', of(0, 5))),
      maybe(opt('nflog-prefix', of('p', 'my prefix'))),
      maybe(opt('nflog-threshold', of(1, 5))),
    ),
  },
  NFQUEUE: { words: one(opt('queue-num', of(0, 3)), seq(opt('queue-balance', of('0:3')), of(['--queue-bypass'], []))) },
  MARK: {
    tables: ['mangle', 'nat', 'filter'],
    words: one(opt('set-xmark', mark), opt('or-mark', of('0x4000')), opt('and-mark', of('0xff')), opt('set-mark', mark)),
  },
  CONNMARK: {
    tables: ['mangle', 'nat', 'filter'],
    words: one(opt('set-mark', mark), of(['--save-mark'], ['--restore-mark', '--nfmask', '0xff', '--ctmask', '0xff'])),
  },
  DNAT: { tables: ['nat'], words: seq(opt('to-destination', natPorts), maybe(of(['--random'], ['--persistent']))) },
  SNAT: { tables: ['nat'], words: seq(opt('to-source', natPorts), maybe(of(['--random-fully'], ['--persistent']))) },
  MASQUERADE: {
    tables: ['nat'],
    words: seq(maybe(opt('to-ports', of('1024-31000'))), maybe(of(['--random-fully'], ['--random']))),
  },
  REDIRECT: { tables: ['nat'], words: maybe(opt('to-ports', of('8080', '8000-8010'))) },
  NETMAP: { tables: ['nat'], words: opt('to', of('10.1.0.0/16')) },
  CT: { tables: ['raw'], words: of(['--notrack'], ['--zone', '5']) },
  NOTRACK: { tables: ['raw'], words: fc.constant([]) },
  TRACE: { tables: ['raw'], words: fc.constant([]) },
  TOS: { tables: ['mangle'], words: one(opt('set-tos', of('0x10', 'Maximize-Throughput', '4/0xf')), opt('or-tos', of(8))) },
  DSCP: { tables: ['mangle'], words: one(opt('set-dscp', fc.nat(63)), opt('set-dscp-class', of('EF'))) },
  TTL: { tables: ['mangle'], words: one(opt('ttl-set', of(64)), opt('ttl-dec', of(1)), opt('ttl-inc', of(3))) },
  CLASSIFY: { tables: ['mangle'], words: opt('set-class', of('1:1', '1f:a')) },
  CHECKSUM: { tables: ['mangle'], words: of(['--checksum-fill']) },
  TCPMSS: { tables: ['mangle', 'filter'], words: one(opt('set-mss', of(1400)), of(['--clamp-mss-to-pmtu'])) },
  TEE: { tables: ['mangle'], words: opt('gateway', address) },
  AUDIT: { words: opt('type', of('accept', 'drop')) },
}

const CHAINS: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT', 'TGT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING', 'TGT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING', 'TGT'],
  raw: ['PREROUTING', 'OUTPUT', 'TGT'],
}

const targetsOf = (table: string) => Object.keys(TARGETS).filter((name) => TARGETS[name]?.tables?.includes(table) ?? true)

const filter: Words = seq(
  maybe(fc.tuple(of([], ['!']), of('-s', '-d'), network).map(([not, o, v]) => [...not, o, v])),
  maybe(fc.tuple(of([], [], ['!']), of('-i', '-o'), device).map(([not, o, v]) => [...not, o, v])),
)

/** A rule with up to three matches and a target, mostly one that the tool takes. */
export const grammarRule: fc.Arbitrary<GrammarRule> = of(...Object.keys(CHAINS)).chain((table) =>
  fc
    .tuple(
      of(...(CHAINS[table] as readonly string[])),
      filter,
      fc.array(of(...Object.keys(MATCHES)), { maxLength: 3 }),
      of(...targetsOf(table)),
      of('tcp', 'udp', 'icmp', '47', 'all', undefined),
    )
    .chain(([chain, head, names, target, proto]) => {
      const wanted = names.map((name) => MATCHES[name]?.proto).find((p) => p !== undefined) ?? proto
      const matches = names.map((name) => MATCHES[name]?.words.map((words) => ['-m', name, ...words]) as Words)
      return fc.tuple(seq(...matches), TARGETS[target]?.words as Words).map(([middle, tail]) => ({
        table,
        chain,
        words: [
          ...head,
          ...(wanted === undefined ? [] : ['-p', wanted]),
          ...middle,
          ...(chain === target ? [] : ['-j', target, ...tail]),
        ],
      }))
    }),
)

/** A change of a line that mostly makes it wrong: a word lost, doubled, replaced, glued, a "!" more. */
const MUTATIONS: readonly ((words: string[], at: number, other: string) => void)[] = [
  (words, at) => words.splice(at, 1),
  (words, at) => words.splice(at, 0, words[at] ?? 'x'),
  (words, at) => words.splice(at, 0, '!'),
  (words, at) => words.splice(at, 0, '!', '!'),
  (words, at, other) => words.splice(at, 1, other),
  (words, at, other) => words.splice(at, 0, other),
  (words, at) => words.splice(at),
  (words, at) => words.splice(at, 1, `${words[at] ?? ''}${words[at] ?? ''}`),
  (words, at) => words.splice(at, 1, (words[at] ?? '').slice(0, -1)),
  (words, at) => words.splice(at, 1, `-${words[at] ?? ''}`),
  (words, at) => words.splice(at, 2, `${words[at] ?? ''}=${words[at + 1] ?? ''}`),
]

const OTHERS = of(
  '65536',
  '99999',
  '-1',
  '300.1.1.1',
  '10.0.0.0/33',
  '0x1ffffffff',
  'NOPE',
  '',
  '!',
  '5:1',
  'a/b',
  '-j',
  '--dport',
  '-Z',
  '-L',
  '-t',
  '1',
  'nat',
  '\u00ff',
  ' ',
  '-vz',
  '--',
  'eth0eth0eth0eth0',
  '0/0',
)

/** A whole command line: rules, chains, listings; two thirds of them mutated. */
export const commandLine: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    grammarRule,
    of('-A', '-A', '-I', '-C', '-D', '-R', '-N', '-X', '-F', '-Z', '-P', '-E', '-L', '-S'),
    fc.array(fc.tuple(of(...MUTATIONS), fc.nat(30), OTHERS), { maxLength: 2 }),
  )
  .map(([rule, command, mutations]) => {
    const head = ['-t', rule.table]
    const words =
      command === '-N' || command === '-X'
        ? [...head, command, 'NEW-CHAIN']
        : command === '-E'
          ? [...head, '-E', 'TGT', 'OTHER']
          : command === '-P'
            ? [...head, '-P', rule.chain, 'DROP']
            : 'FZLS'.includes(command.slice(1))
              ? [...head, command, rule.chain]
              : [...head, command, rule.chain, ...(command === '-R' ? ['1'] : []), ...rule.words]
    for (const [mutate, at, other] of mutations) mutate(words, at % (words.length + 1), other)
    return words
  })
