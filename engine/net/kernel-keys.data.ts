/** How the sysctls of older kernels differ from those in sysctl.data.ts and conntrack/timeouts.ts, which are 6.18's: facts, no prose. */

/** The release that brought a key, as far as it is after 5.15: earlier kernels do not have it. A last part alone is a device's key. */
export const KEY_SINCE: Readonly<Record<string, string>> = {
  'net.core.rps_default_mask': '6.3',
  'net.core.txrehash': '5.18',
  'net.ipv4.fib_multipath_hash_seed': '6.11',
  'net.ipv4.tcp_backlog_ack_defer': '6.7',
  'net.ipv4.tcp_child_ehash_entries': '6.1',
  'net.ipv4.tcp_ecn_option': '6.18',
  'net.ipv4.tcp_ecn_option_beacon': '6.18',
  'net.ipv4.tcp_ehash_entries': '6.1',
  'net.ipv4.tcp_pingpong_thresh': '6.7',
  'net.ipv4.tcp_plb_cong_thresh': '6.2',
  'net.ipv4.tcp_plb_enabled': '6.2',
  'net.ipv4.tcp_plb_idle_rehash_rounds': '6.2',
  'net.ipv4.tcp_plb_rehash_rounds': '6.2',
  'net.ipv4.tcp_plb_suspend_rto_sec': '6.2',
  'net.ipv4.tcp_rto_max_ms': '6.15',
  'net.ipv4.tcp_rto_min_us': '6.11',
  'net.ipv4.tcp_syn_linear_timeouts': '6.5',
  'net.ipv4.tcp_tso_rtt_log': '5.18',
  'net.ipv4.tcp_tw_reuse_delay': '6.14',
  accept_untracked_na: '5.19',
  arp_evict_nocarrier: '5.16',
  force_forwarding: '6.17',
  interval_probe_time_ms: '6.0',
  ndisc_evict_nocarrier: '5.16',
  ra_honor_pio_life: '6.7',
  ra_honor_pio_pflag: '6.13',
}

/** Keys that a release took away (nf_conntrack_standalone.c), and what they held before; 120 s are two maximum segment lives of DCCP. */
export const KEY_UNTIL: Readonly<Record<string, readonly [release: string, value: string]>> = {
  'net.netfilter.nf_conntrack_dccp_loose': ['6.17', '1'],
  'net.netfilter.nf_conntrack_dccp_timeout_closereq': ['6.17', '64'],
  'net.netfilter.nf_conntrack_dccp_timeout_closing': ['6.17', '64'],
  'net.netfilter.nf_conntrack_dccp_timeout_open': ['6.17', '43200'],
  'net.netfilter.nf_conntrack_dccp_timeout_partopen': ['6.17', '480'],
  'net.netfilter.nf_conntrack_dccp_timeout_request': ['6.17', '240'],
  'net.netfilter.nf_conntrack_dccp_timeout_respond': ['6.17', '480'],
  'net.netfilter.nf_conntrack_dccp_timeout_timewait': ['6.17', '240'],
  'net.netfilter.nf_conntrack_helper': ['6.0', '0'],
}

/** Values that a release changed, and what they were before. 2 of nf_conntrack_events is "where somebody listens". */
export const VALUE_UNTIL: Readonly<Record<string, readonly [release: string, value: string]>> = {
  'net.core.optmem_max': ['6.8', '20480'],
  'net.ipv4.tcp_challenge_ack_limit': ['6.1', '1000'],
  'net.netfilter.nf_conntrack_events': ['5.19', '1'],
}
