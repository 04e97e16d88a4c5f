import { CONNTRACK_DEFAULTS } from './conntrack/timeouts.ts'

/** What a fresh network namespace has below net.*, as far as the data plane or a tool here reads it. */
const GLOBAL: Readonly<Record<string, string>> = {
  'net.ipv4.ip_forward': '0',
  'net.ipv4.ip_default_ttl': '64',
  'net.ipv4.ip_local_port_range': '32768\t60999',
  'net.ipv4.ip_local_reserved_ports': '',
  'net.ipv4.ip_nonlocal_bind': '0',
  'net.ipv4.ip_unprivileged_port_start': '1024',
  'net.ipv4.icmp_echo_ignore_all': '0',
  'net.ipv4.icmp_ratelimit': '1000',
  'net.ipv4.ping_group_range': '1\t0',
  'net.ipv4.tcp_syn_retries': '6',
  'net.ipv4.tcp_retries2': '15',
  'net.ipv4.tcp_fin_timeout': '60',
  'net.ipv4.tcp_keepalive_time': '7200',
  'net.core.somaxconn': '4096',
}

/** Per device, and under `all` and `default` (net.ipv4.conf.*). */
const CONF: Readonly<Record<string, string>> = {
  accept_local: '0',
  accept_redirects: '1',
  accept_source_route: '0',
  arp_announce: '0',
  arp_ignore: '0',
  forwarding: '0',
  log_martians: '0',
  proxy_arp: '0',
  route_localnet: '0',
  rp_filter: '0',
  send_redirects: '1',
  src_valid_mark: '0',
}

/** The value that a key has while nobody wrote it; undefined: no such key. */
export function sysctlDefault(key: string, hasDevice: (name: string) => boolean): string | undefined {
  const global = GLOBAL[key]
  if (global !== undefined) return global
  if (key.startsWith('net.netfilter.')) return CONNTRACK_DEFAULTS[key.slice('net.netfilter.'.length)]
  const conf = /^net\.ipv4\.conf\.(.+)\.([a-z_]+)$/.exec(key)
  if (conf === null) return undefined
  const [, device = '', name = ''] = conf
  if (device !== 'all' && device !== 'default' && !hasDevice(device)) return undefined
  return CONF[name]
}

/** Every key a namespace with these devices has. */
export function sysctlKeys(devices: readonly string[]): string[] {
  const keys = [...Object.keys(GLOBAL), ...Object.keys(CONNTRACK_DEFAULTS).map((k) => `net.netfilter.${k}`)]
  for (const device of ['all', 'default', ...devices])
    for (const name of Object.keys(CONF)) keys.push(`net.ipv4.conf.${device}.${name}`)
  return keys.sort()
}
