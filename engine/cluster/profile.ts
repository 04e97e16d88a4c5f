/** Versions and choices of a cluster, as data (DESIGN section 4 "Profile", BATCH "profile"). */
export interface Profile {
  readonly kubernetes: string
  readonly kubectl: string
  readonly os: string
  readonly kernel: string
  readonly containerRuntime: string
  /** The nodes' own iptables: "1.8.11/nft". */
  readonly iptables: string
  /** What kube-proxy writes with; default the host's. */
  readonly proxyIptables: string
  readonly proxyMode: 'iptables' | 'nftables' | 'ipvs'
  /** kube-proxy's own flags, e.g. "--cluster-cidr=192.168.10.0/24". */
  readonly proxyArgs: readonly string[]
  readonly cni: { readonly name: string; readonly podServiceLB?: 'bpf' | 'none' }
  readonly serviceCIDR: string
  readonly kubelet: 'real' | 'stub'
  readonly seed: string
}

export const DEFAULT_PROFILE: Profile = {
  kubernetes: '1.35.4',
  kubectl: '1.35.4',
  os: 'Debian GNU/Linux 12 (bookworm)',
  kernel: '6.18.0',
  containerRuntime: 'containerd://2.1.4',
  iptables: '1.8.11/nft',
  proxyIptables: '1.8.11/nft',
  proxyMode: 'iptables',
  proxyArgs: [],
  cni: { name: 'none' },
  serviceCIDR: '10.96.0.0/12',
  kubelet: 'real',
  seed: 'chainwalk',
}

/** A whole profile from what was given; `proxyIptables` follows `iptables` unless named. */
export function completeProfile(given: Partial<Profile>): Profile {
  const iptables = given.iptables ?? DEFAULT_PROFILE.iptables
  return { ...DEFAULT_PROFILE, ...given, iptables, proxyIptables: given.proxyIptables ?? iptables }
}
