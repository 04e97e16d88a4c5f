import type { Family } from './env.ts'

type Known = Readonly<Record<string, readonly Family[]>>

/** Extensions that iptables has and this simulator does not, by family: naming one is valid, and the tools say that it is not emulated. */
export const KNOWN_MATCHES: Known = {
  cluster: [4, 6],
  connlabel: [4, 6],
  dst: [6],
  eui64: [6],
  frag: [6],
  hbh: [6],
  ipcomp: [4, 6],
  ipv6header: [6],
  ipvs: [4, 6],
  mh: [6],
  osf: [4, 6],
  rateest: [4, 6],
  rt: [6],
  srh: [6],
}

export const KNOWN_TARGETS: Known = {
  CLUSTERIP: [4],
  CONNSECMARK: [4, 6],
  DNPT: [6],
  ECN: [4],
  HMARK: [4, 6],
  IDLETIMER: [4, 6],
  LED: [4, 6],
  RATEEST: [4, 6],
  SECMARK: [4, 6],
  SET: [4, 6],
  SNPT: [6],
  TCPOPTSTRIP: [4, 6],
  ULOG: [4],
}
