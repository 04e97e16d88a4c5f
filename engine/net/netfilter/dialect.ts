/**
 * What differs between the versions and backends of iptables, as data. A rule remembers the dialect that wrote it; a tool reads
 * with its own. Everything here was read off recordings of 1.8.7, 1.8.9, 1.8.11 and 1.8.13; other versions take the nearest below.
 */
export interface Dialect {
  /** "1.8.9/nft": what rules carry as their writer. */
  readonly key: string
  readonly version: string
  readonly backend: 'nft' | 'legacy'
  /** How the version banner names the backend. */
  readonly banner: 'nf_tables' | 'legacy'
  /** Major behaviours of -L's protocol column with -n. */
  readonly numericProtocols: 'names' | 'numbers'
  /** Name table used when /etc/protocols is not asked (xtables_chain_protos). */
  readonly chainProtocols: readonly (readonly [string, number])[]
  /** 1.8.7 pads the protocol to five and puts the option column right behind it. */
  readonly gluedProtocol: boolean
  /** xtables' own names for protocols go before those of /etc/protocols (1.8.11 and later). */
  readonly ownProtocolsFirst: boolean
  /** Where -S takes a protocol's name from: getprotobynumber(3), xtables' own table, or the one before the other. */
  readonly saveProtocol: 'libc' | 'libc or own' | 'own'
  /** Message texts that 1.8.7 ended in a newline of their own, so that an empty line follows. */
  readonly trailingNewlines: boolean
  /** Options are named by their long form in messages ("--jump") instead of the letter. */
  readonly longOptionNames: boolean
  /** An option must fit every command given (`-L -n -Z`), not just one (1.8.11 only). */
  readonly strictOptions: boolean
  /** -E checks the new name as -N does (1.8.11 and later). */
  readonly checksNewName: boolean
  readonly logWarning: 'warning' | 'warn'
  readonly macGlued: boolean
  readonly stringToDefault: boolean
  readonly nflogPrefixGap: boolean
  readonly ipv6OptBlank: boolean
  readonly saveBannerWithBackend: boolean
  /** nft backend: writes tcp, udp ports and flags, mark and NFLOG as native expressions (1.8.8 and later). */
  readonly writesNative: boolean
  /** nft backend: understands such expressions when it lists. */
  readonly readsNative: boolean
  /** nft backend: a listing of an unknown chain says that the chain is incompatible. */
  readonly unknownChainIncompatible: boolean
  readonly chainDelName: 'CHAIN_DEL' | 'CHAIN_USER_DEL'
  /** nft backend: -C prints the rule it found, and errors of a restore carry the line of COMMIT (both 1.8.7 only). */
  readonly checkPrints: boolean
  readonly restoreNamesCommitLine: boolean
  /** nft backend: a non-contiguous netmask is written as its leading bits only (1.8.7). */
  readonly truncatesMasks: boolean
  readonly targetlessTrailingBlank: boolean
  /** "A:B" must ascend (libxtables of 1.8.11 and later). */
  readonly ordersRanges: boolean
  /** An unknown letter is named by itself, not by the word it stands in (1.8.11 and later). */
  readonly namesUnknownLetter: boolean
  /** -D reads its rule number as the start of a range, which it then refuses (1.8.11 and later). */
  readonly readsRuleRanges: boolean
  /** -p, -s, -d, -i, -o and -j of 1.8.9 take the whole word their argument ends: "-ptcp" names no protocol. */
  readonly takesWholeWords: boolean
  /** "! -V" names the backend as well (not before 1.8.8). */
  readonly notVersionNamesBackend: boolean
  /** iptables-restore reads a policy's counters without -c as well (1.8.11 and later). */
  readonly readsIdleCounters: boolean
  /** legacy backend: what a tool without -w does while the lock is held, and how it waits with it. */
  readonly lockWait: 'polls' | 'for ever' | 'refuses'
  /** DNAT, SNAT, MASQUERADE and REDIRECT each read their ports by themselves (before 1.8.8). */
  readonly ownNatWords: boolean
  /** nft backend: -Z of a base chain that does not exist asks the kernel for it (before 1.8.11). */
  readonly zeroesMissingBase: boolean
  /** nft backend of 1.8.9: -C and -D turn the rule into expressions before they look for it. */
  readonly comparesExpressions: boolean
  /** -m icmp reads its type by itself (before 1.8.8). */
  readonly ownIcmpWords: boolean
  /** nft backend of 1.8.7: -t looks for its table at once. */
  readonly checksTableAtOnce: boolean
  /** nft backend: a base chain that is not iptables' own makes the whole table incompatible (1.8.7). */
  readonly foreignBaseIncompatible: boolean
}

const PROTOCOLS_OLD: Dialect['chainProtocols'] = [
  ['tcp', 6],
  ['sctp', 132],
  ['udp', 17],
  ['udplite', 136],
  ['icmp', 1],
  ['icmpv6', 58],
  ['ipv6-icmp', 58],
  ['esp', 50],
  ['ah', 51],
  ['ipv6-mh', 135],
  ['mh', 135],
  ['all', 0],
]

const PROTOCOLS_NEW: Dialect['chainProtocols'] = [
  ['tcp', 6],
  ['sctp', 132],
  ['udp', 17],
  ['udplite', 136],
  ['icmp', 1],
  ['ipv6-icmp', 58],
  ['icmpv6', 58],
  ['esp', 50],
  ['ah', 51],
  ['mobility-header', 135],
  ['ipv6-mh', 135],
  ['mh', 135],
  ['dccp', 33],
  ['all', 0],
]

function dialect(version: string, backend: 'nft' | 'legacy'): Dialect {
  const patch = Number(version.split('.')[2] ?? 0)
  const nft = backend === 'nft'
  const old = patch < 8
  return {
    key: `${version}/${backend}`,
    version,
    backend,
    banner: nft ? 'nf_tables' : 'legacy',
    numericProtocols: patch >= 8 && patch < 11 ? 'numbers' : 'names',
    chainProtocols: patch >= 11 ? PROTOCOLS_NEW : PROTOCOLS_OLD,
    gluedProtocol: old,
    ownProtocolsFirst: patch >= 11,
    saveProtocol: patch >= 11 ? 'own' : nft && old ? 'libc' : 'libc or own',
    trailingNewlines: old,
    longOptionNames: patch >= 11,
    strictOptions: patch >= 11 && patch < 13,
    checksNewName: patch >= 11,
    logWarning: old ? 'warning' : 'warn',
    macGlued: old,
    stringToDefault: old,
    nflogPrefixGap: old,
    ipv6OptBlank: old,
    saveBannerWithBackend: !old && nft,
    writesNative: nft && !old,
    readsNative: nft && !old,
    unknownChainIncompatible: nft && patch < 11,
    chainDelName: old ? 'CHAIN_USER_DEL' : 'CHAIN_DEL',
    checkPrints: nft && old,
    restoreNamesCommitLine: nft && old,
    truncatesMasks: nft && old,
    foreignBaseIncompatible: nft && old,
    ordersRanges: patch >= 11,
    namesUnknownLetter: patch >= 11,
    readsRuleRanges: patch >= 11,
    notVersionNamesBackend: !old,
    takesWholeWords: patch >= 8 && patch < 11,
    checksTableAtOnce: nft && old,
    lockWait: old ? 'polls' : patch < 11 ? 'for ever' : 'refuses',
    zeroesMissingBase: nft && patch < 11,
    comparesExpressions: nft && patch < 11,
    ownIcmpWords: old,
    ownNatWords: old,
    readsIdleCounters: patch >= 11,
    targetlessTrailingBlank: nft && old,
  }
}

const known = new Map<string, Dialect>()

/** The dialect of "1.8.9/nft". */
export function dialectOf(key: string): Dialect {
  let found = known.get(key)
  if (found === undefined) {
    const slash = key.indexOf('/')
    const version = slash < 0 ? key : key.slice(0, slash)
    found = dialect(version, key.endsWith('/legacy') ? 'legacy' : 'nft')
    known.set(key, found)
  }
  return found
}

/** "iptables v1.8.9 (nf_tables)". */
export function banner(program: string, d: Dialect): string {
  return `${program} v${d.version} (${d.banner})`
}
