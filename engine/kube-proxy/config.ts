import { parseGoDuration } from '../base/duration.ts'
import type { Cidr } from '../base/ip.ts'
import { sloppyCidr, sloppyIp } from './addresses.ts'
import { type ConntrackSettings, DEFAULT_PROXY_CONFIG, type DetectLocalMode, type ProxyConfig } from './proxy-config.ts'
import { validated } from './validation.ts'

/** Why kube-proxy would not start: its own words for a bad flag. */
export class ProxyFlagError extends Error {
  override readonly name = 'ProxyFlagError'
}

type Setting = (value: string, flag: string, config: ProxyConfig) => Partial<ProxyConfig>

const invalid = (value: string, flag: string, why: string): never => {
  throw new ProxyFlagError(`invalid argument "${value}" for "--${flag}" flag: ${why}`)
}

const boolean = (value: string, flag: string): boolean => {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value)) return false
  return invalid(value, flag, `strconv.ParseBool: parsing "${value}": invalid syntax`)
}

const integer = (value: string, flag: string): number => {
  if (!/^[+-]?\d+$/.test(value)) return invalid(value, flag, `strconv.ParseInt: parsing "${value}": invalid syntax`)
  const number = Number(value)
  if (number > 2 ** 31 - 1 || number < -(2 ** 31)) {
    return invalid(value, flag, `strconv.ParseInt: parsing "${value}": value out of range`)
  }
  return number
}

const duration = (value: string, flag: string): number => {
  const ms = parseGoDuration(value)
  return typeof ms === 'number' ? ms : invalid(value, flag, ms.error)
}

/** A list flag's ranges; what is none is refused by validation, not by the flag. */
const cidrs = (value: string, path: string): Cidr[] => {
  const texts = value.split(',')
  return texts.map((text, i) => {
    const cidr = sloppyCidr(text)
    if (cidr === undefined)
      throw new ProxyFlagError(`failed validate: ${path.replace('#', String(i))}: Invalid value: "${text}": must be a valid CIDR`)
    return cidr
  })
}

const CLUSTER_CIDRS = 'KubeProxyConfiguration.DetectLocalConfiguration.ClusterCIDRs[#]'
const NODE_PORT_ADDRESSES = 'KubeProxyConfiguration.NodePortAddresses[#]'
const CIDR_BLOCK = 'must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)'

const clusterCIDRs = (value: string): Cidr[] => {
  if (value === '') return []
  try {
    return cidrs(value, CLUSTER_CIDRS)
  } catch (error) {
    if (error instanceof ProxyFlagError) throw new ProxyFlagError(error.message.replace('must be a valid CIDR', CIDR_BLOCK))
    throw error
  }
}

const MODES: readonly DetectLocalMode[] = ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix']

const detectLocalMode = (value: string): DetectLocalMode => {
  const mode = MODES.find((m) => m === value) ?? (value === '' ? 'ClusterCIDR' : undefined)
  if (mode !== undefined) return mode
  const supported = [...MODES, ''].map((m) => `"${m}"`).join(', ')
  throw new ProxyFlagError(
    `failed validate: KubeProxyConfiguration.DetectLocalMode: Unsupported value: "${value}": supported values: ${supported}`,
  )
}

const proxyMode = (value: string): ProxyConfig['mode'] => {
  if (value === '' || value === 'iptables') return 'iptables'
  if (value === 'nftables' || value === 'ipvs') return value
  throw new ProxyFlagError(
    `failed validate: KubeProxyConfiguration.ProxyMode: Invalid value: "${value}": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])`,
  )
}

/** An address with a port of its own, or with the server's usual one (AppendPortIfNeeded). */
export function withPort(address: string, port: number): string {
  if (/^(\d+(\.\d+){3}|\[[^\]]*\]):\d+$/.test(address)) return address
  const ip = sloppyIp(address)
  if (ip === undefined) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

const address = (value: string, flag: string): string =>
  value === '' || /^\[?[\d.:a-fA-F]+\]?(:\d+)?$/.test(value)
    ? value
    : invalid(value, flag, `"${value}" is not a valid IP or IP:port`)

const ip = (value: string, flag: string): string =>
  sloppyIp(value) === undefined ? invalid(value, flag, `"${value}" is not a valid IP address`) : value

const conntrack =
  (name: keyof ConntrackSettings, read: (value: string, flag: string) => number | boolean): Setting =>
  (value, flag, config) => ({ conntrack: { ...config.conntrack, [name]: read(value, flag) } })

/** Flags that change what kube-proxy does to a node (cmd/kube-proxy/app/options.go). */
const SETTINGS: Readonly<Record<string, Setting>> = {
  'bind-address': (v, f) => ({ bindAddress: ip(v, f) }),
  'cluster-cidr': (v) => ({ clusterCIDRs: clusterCIDRs(v) }),
  'conntrack-max-per-core': conntrack('maxPerCore', integer),
  'conntrack-min': conntrack('min', integer),
  'conntrack-tcp-be-liberal': conntrack('tcpBeLiberal', boolean),
  'conntrack-tcp-timeout-close-wait': conntrack('tcpCloseWaitTimeout', duration),
  'conntrack-tcp-timeout-established': conntrack('tcpEstablishedTimeout', duration),
  'conntrack-udp-timeout': conntrack('udpTimeout', duration),
  'conntrack-udp-timeout-stream': conntrack('udpStreamTimeout', duration),
  'detect-local-mode': (v) => ({ detectLocalMode: detectLocalMode(v) }),
  'healthz-bind-address': (v, f) => ({ healthzBindAddress: withPort(address(v, f), 10256) }),
  'healthz-port': (v, f) => (integer(v, f) === 0 ? { healthzBindAddress: '' } : {}),
  'hostname-override': (v) => ({ hostnameOverride: v.trim().toLowerCase() }),
  'iptables-localhost-nodeports': (v, f) => ({ localhostNodePorts: boolean(v, f) }),
  'iptables-masquerade-bit': (v, f) => ({ masqueradeBit: integer(v, f) }),
  'iptables-min-sync-period': (v, f) => ({ minSyncPeriod: duration(v, f) }),
  'iptables-sync-period': (v, f) => ({ syncPeriod: duration(v, f) }),
  'masquerade-all': (v, f) => ({ masqueradeAll: boolean(v, f) }),
  'metrics-bind-address': (v, f) => ({ metricsBindAddress: withPort(address(v, f), 10249) }),
  'metrics-port': (v, f) => (integer(v, f) === 0 ? { metricsBindAddress: '' } : {}),
  'nodeport-addresses': (v) => ({
    nodePortAddresses: v === '' ? [] : v === 'primary' ? 'primary' : cidrs(v, NODE_PORT_ADDRESSES),
  }),
  'pod-bridge-interface': (v) => ({ bridgeInterface: v }),
  'pod-interface-name-prefix': (v) => ({ interfaceNamePrefix: v }),
  'proxy-mode': (v) => ({ mode: proxyMode(v) }),
}

/** Valid flags that change nothing the rules or a packet can show here. */
const ACCEPTED = new Set(
  (
    'bind-address-hard-fail config config-sync-period feature-gates init-only ipvs-exclude-cidrs ipvs-min-sync-period ' +
    'ipvs-scheduler ipvs-strict-arp ipvs-sync-period ipvs-tcp-timeout ipvs-tcpfin-timeout ipvs-udp-timeout kube-api-burst ' +
    'kube-api-content-type kube-api-qps kubeconfig log-flush-frequency logging-format master oom-score-adj profiling ' +
    'show-hidden-metrics-for-version v vmodule'
  ).split(' '),
)

const BOOLEANS = new Set([
  'bind-address-hard-fail',
  'conntrack-tcp-be-liberal',
  'init-only',
  'iptables-localhost-nodeports',
  'ipvs-strict-arp',
  'masquerade-all',
  'profiling',
])

/** Reads kube-proxy's command line; throws {@link ProxyFlagError} as kube-proxy would refuse to start. */
export function parseProxyArgs(args: readonly string[], defaults: ProxyConfig = DEFAULT_PROXY_CONFIG): ProxyConfig {
  let config = defaults
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    if (!arg.startsWith('-')) {
      throw new ProxyFlagError(
        `"kube-proxy" does not take any arguments, got [${args
          .filter((a) => !a.startsWith('-'))
          .map((a) => `"${a}"`)
          .join(' ')}]`,
      )
    }
    const body = arg.replace(/^--?/, '')
    const equals = body.indexOf('=')
    const flag = equals < 0 ? body : body.slice(0, equals)
    const setting = SETTINGS[flag]
    if (setting === undefined && !ACCEPTED.has(flag)) throw new ProxyFlagError(`unknown flag: --${flag}`)
    let value = equals < 0 ? undefined : body.slice(equals + 1)
    if (value === undefined && BOOLEANS.has(flag)) value = 'true'
    if (value === undefined) {
      value = args[++i]
      if (value === undefined) throw new ProxyFlagError(`flag needs an argument: --${flag}`)
    }
    if (setting !== undefined) config = { ...config, ...setting(value, flag, config) }
  }
  const refusal = validated(config)
  if (refusal !== undefined) throw new ProxyFlagError(`failed validate: ${refusal}`)
  return config
}
