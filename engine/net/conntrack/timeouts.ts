/** Kernel defaults of net.netfilter.nf_conntrack_*, in seconds where they are timeouts. */
export const CONNTRACK_DEFAULTS: Readonly<Record<string, string>> = {
  nf_conntrack_acct: '0',
  nf_conntrack_buckets: '262144',
  nf_conntrack_checksum: '1',
  nf_conntrack_count: '0',
  nf_conntrack_events: '2',
  nf_conntrack_expect_max: '4096',
  nf_conntrack_frag6_high_thresh: '4194304',
  nf_conntrack_frag6_low_thresh: '3145728',
  nf_conntrack_frag6_timeout: '60',
  nf_conntrack_generic_timeout: '600',
  nf_conntrack_gre_timeout: '30',
  nf_conntrack_gre_timeout_stream: '180',
  nf_conntrack_icmp_timeout: '30',
  nf_conntrack_icmpv6_timeout: '30',
  nf_conntrack_log_invalid: '0',
  nf_conntrack_max: '262144',
  nf_conntrack_sctp_timeout_closed: '10',
  nf_conntrack_sctp_timeout_cookie_echoed: '3',
  nf_conntrack_sctp_timeout_cookie_wait: '3',
  nf_conntrack_sctp_timeout_established: '210',
  nf_conntrack_sctp_timeout_heartbeat_sent: '30',
  nf_conntrack_sctp_timeout_shutdown_ack_sent: '3',
  nf_conntrack_sctp_timeout_shutdown_recd: '3',
  nf_conntrack_sctp_timeout_shutdown_sent: '3',
  nf_conntrack_tcp_be_liberal: '0',
  nf_conntrack_tcp_ignore_invalid_rst: '0',
  nf_conntrack_tcp_loose: '1',
  nf_conntrack_tcp_max_retrans: '3',
  nf_conntrack_tcp_timeout_close: '10',
  nf_conntrack_tcp_timeout_close_wait: '60',
  nf_conntrack_tcp_timeout_established: '432000',
  nf_conntrack_tcp_timeout_fin_wait: '120',
  nf_conntrack_tcp_timeout_last_ack: '30',
  nf_conntrack_tcp_timeout_max_retrans: '300',
  nf_conntrack_tcp_timeout_syn_recv: '60',
  nf_conntrack_tcp_timeout_syn_sent: '120',
  nf_conntrack_tcp_timeout_time_wait: '120',
  nf_conntrack_tcp_timeout_unacknowledged: '300',
  nf_conntrack_timestamp: '0',
  nf_conntrack_udp_timeout: '30',
  nf_conntrack_udp_timeout_stream: '120',
}

/** The sysctl that holds a timeout, by the name the state machines use. */
const TIMEOUT_KEY = {
  SYN_SENT: 'nf_conntrack_tcp_timeout_syn_sent',
  SYN_SENT2: 'nf_conntrack_tcp_timeout_syn_sent',
  SYN_RECV: 'nf_conntrack_tcp_timeout_syn_recv',
  ESTABLISHED: 'nf_conntrack_tcp_timeout_established',
  FIN_WAIT: 'nf_conntrack_tcp_timeout_fin_wait',
  CLOSE_WAIT: 'nf_conntrack_tcp_timeout_close_wait',
  LAST_ACK: 'nf_conntrack_tcp_timeout_last_ack',
  TIME_WAIT: 'nf_conntrack_tcp_timeout_time_wait',
  CLOSE: 'nf_conntrack_tcp_timeout_close',
  NONE: 'nf_conntrack_tcp_timeout_syn_sent',
  RETRANS: 'nf_conntrack_tcp_timeout_max_retrans',
  UNACK: 'nf_conntrack_tcp_timeout_unacknowledged',
  UDP: 'nf_conntrack_udp_timeout',
  UDP_STREAM: 'nf_conntrack_udp_timeout_stream',
  ICMP: 'nf_conntrack_icmp_timeout',
  ICMPV6: 'nf_conntrack_icmpv6_timeout',
  SCTP_CLOSED: 'nf_conntrack_sctp_timeout_closed',
  SCTP_COOKIE_WAIT: 'nf_conntrack_sctp_timeout_cookie_wait',
  SCTP_COOKIE_ECHOED: 'nf_conntrack_sctp_timeout_cookie_echoed',
  SCTP_ESTABLISHED: 'nf_conntrack_sctp_timeout_established',
  GENERIC: 'nf_conntrack_generic_timeout',
} as const

/** Seconds, by the name that the state machines use. */
export type Timeouts = Readonly<Record<keyof typeof TIMEOUT_KEY, number>>

/** The sysctls that every tracked packet asks for, as numbers. */
export interface TrackSettings {
  readonly timeouts: Timeouts
  readonly loose: boolean
  readonly beLiberal: boolean
  readonly ignoreInvalidRst: boolean
  readonly maxRetrans: number
  readonly max: number
  readonly buckets: number
  readonly acct: boolean
  readonly timestamp: boolean
}

export function trackSettings(number: (name: string) => number): TrackSettings {
  const timeouts = Object.fromEntries(Object.entries(TIMEOUT_KEY).map(([state, key]) => [state, number(key)])) as Timeouts
  return {
    timeouts,
    loose: number('nf_conntrack_tcp_loose') !== 0,
    beLiberal: number('nf_conntrack_tcp_be_liberal') !== 0,
    ignoreInvalidRst: number('nf_conntrack_tcp_ignore_invalid_rst') !== 0,
    maxRetrans: number('nf_conntrack_tcp_max_retrans'),
    max: number('nf_conntrack_max'),
    buckets: number('nf_conntrack_buckets'),
    acct: number('nf_conntrack_acct') !== 0,
    timestamp: number('nf_conntrack_timestamp') !== 0,
  }
}
