/** Extensions that iptables has and this simulator does not: naming one is valid, and the tools say that it is not emulated. */
export const KNOWN_MATCHES: readonly string[] = [
  'cluster',
  'connlabel',
  'dst',
  'eui64',
  'frag',
  'hbh',
  'ipcomp',
  'ipv6header',
  'ipvs',
  'mh',
  'osf',
  'rateest',
  'rt',
  'srh',
]

export const KNOWN_TARGETS: readonly string[] = [
  'CLUSTERIP',
  'CONNSECMARK',
  'DNPT',
  'ECN',
  'HMARK',
  'IDLETIMER',
  'LED',
  'RATEEST',
  'SECMARK',
  'SET',
  'SNPT',
  'TCPOPTSTRIP',
  'ULOG',
]
