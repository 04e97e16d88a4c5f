import { type Cidr, parseCidr } from '../base/ip.ts'

export type DetectLocalMode = 'ClusterCIDR' | 'NodeCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix'

/** kube-proxy's settings as its flags give them. */
export interface ProxyConfig {
  readonly detectLocalMode: DetectLocalMode
  readonly clusterCIDRs: readonly Cidr[]
  readonly bridgeInterface: string
  readonly interfaceNamePrefix: string
  readonly masqueradeAll: boolean
  readonly masqueradeBit: number
  readonly localhostNodePorts: boolean
  /** Undefined: every local address takes node ports. 'primary': the Node's own. */
  readonly nodePortAddresses: readonly Cidr[] | 'primary' | undefined
  readonly conntrackTcpLiberal: boolean
  /** Least time between two syncs, ms. */
  readonly minSyncPeriod: number
  /** How often lost canaries are looked for, ms. */
  readonly syncPeriod: number
  readonly hostnameOverride: string
}

export const DEFAULT_PROXY_CONFIG: ProxyConfig = {
  detectLocalMode: 'ClusterCIDR',
  clusterCIDRs: [],
  bridgeInterface: '',
  interfaceNamePrefix: '',
  masqueradeAll: false,
  masqueradeBit: 14,
  localhostNodePorts: true,
  nodePortAddresses: undefined,
  conntrackTcpLiberal: false,
  minSyncPeriod: 1000,
  syncPeriod: 30_000,
  hostnameOverride: '',
}

/** Why kube-proxy would not start: its own words for a bad flag. */
export class ProxyFlagError extends Error {
  override readonly name = 'ProxyFlagError'
}

type Setting = (value: string, flag: string) => Partial<ProxyConfig>

const invalid = (value: string, flag: string, why: string): never => {
  throw new ProxyFlagError(`invalid argument "${value}" for "--${flag}" flag: ${why}`)
}

const boolean = (value: string, flag: string): boolean => {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value)) return false
  return invalid(value, flag, `strconv.ParseBool: parsing "${value}": invalid syntax`)
}

const cidrs = (value: string, flag: string): Cidr[] =>
  value
    .split(',')
    .filter((text) => text !== '')
    .map((text) => (text.includes('/') ? parseCidr(text) : undefined) ?? invalid(value, flag, `invalid CIDR address: ${text}`))

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

const duration = (value: string, flag: string): number => {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$|^0$/.test(value)) return invalid(value, flag, `time: invalid duration "${value}"`)
  let total = 0
  for (const [, n, unit] of value.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) total += Number(n) * (UNITS[unit as string] as number)
  return total
}

const MODES: readonly DetectLocalMode[] = ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix']

const detectLocalMode = (value: string, flag: string): DetectLocalMode =>
  MODES.find((mode) => mode === value) ??
  (value === '' ? 'ClusterCIDR' : invalid(value, flag, `unsupported detect-local-mode, must be one of ${MODES.join(', ')}`))

const masqueradeBit = (value: string, flag: string): number =>
  /^\d+$/.test(value) && Number(value) < 32 ? Number(value) : invalid(value, flag, 'must be within the range [0, 31]')

/** Flags that change what kube-proxy writes (cmd/kube-proxy/app/options.go). */
const SETTINGS: Readonly<Record<string, Setting>> = {
  'cluster-cidr': (v, f) => ({ clusterCIDRs: cidrs(v, f) }),
  'detect-local-mode': (v, f) => ({ detectLocalMode: detectLocalMode(v, f) }),
  'pod-bridge-interface': (v) => ({ bridgeInterface: v }),
  'pod-interface-name-prefix': (v) => ({ interfaceNamePrefix: v }),
  'masquerade-all': (v, f) => ({ masqueradeAll: boolean(v, f) }),
  'iptables-masquerade-bit': (v, f) => ({ masqueradeBit: masqueradeBit(v, f) }),
  'iptables-localhost-nodeports': (v, f) => ({ localhostNodePorts: boolean(v, f) }),
  'nodeport-addresses': (v, f) => ({ nodePortAddresses: v === '' ? undefined : v === 'primary' ? 'primary' : cidrs(v, f) }),
  'conntrack-tcp-be-liberal': (v, f) => ({ conntrackTcpLiberal: boolean(v, f) }),
  'iptables-min-sync-period': (v, f) => ({ minSyncPeriod: duration(v, f) }),
  'iptables-sync-period': (v, f) => ({ syncPeriod: duration(v, f) }),
  'hostname-override': (v) => ({ hostnameOverride: v }),
}

/** Valid flags that change nothing the rules or a packet can show here. */
const ACCEPTED = new Set(
  (
    'bind-address config config-sync-period conntrack-max-per-core conntrack-min conntrack-tcp-timeout-close-wait ' +
    'conntrack-tcp-timeout-established conntrack-udp-timeout conntrack-udp-timeout-stream feature-gates healthz-bind-address ' +
    'kube-api-burst kube-api-content-type kube-api-qps kubeconfig log-flush-frequency master metrics-bind-address oom-score-adj ' +
    'proxy-mode show-hidden-metrics-for-version v vmodule init-only bind-address-hard-fail profiling logging-format'
  ).split(' '),
)

const BOOLEANS = new Set([
  'masquerade-all',
  'iptables-localhost-nodeports',
  'conntrack-tcp-be-liberal',
  'profiling',
  'init-only',
  'bind-address-hard-fail',
])

/** Reads kube-proxy's command line; throws {@link ProxyFlagError} as kube-proxy would refuse to start. */
export function parseProxyArgs(args: readonly string[]): ProxyConfig {
  let config = DEFAULT_PROXY_CONFIG
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    if (!arg.startsWith('-')) throw new ProxyFlagError(`unknown command "${arg}" for "kube-proxy"`)
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
    if (setting !== undefined) config = { ...config, ...setting(value, flag) }
  }
  return config
}
