import type { KubeObject } from '../api/object.ts'
import type { Profile } from './profile.ts'

/** What a cluster is made from: a scenario's files or a batch record, as values. */
export interface ClusterSpec {
  /** Virtual time at the start, ms since the epoch. */
  readonly now: number
  readonly profile: Profile
  /** Taken as they are: UIDs, versions, status and managedFields untouched. */
  readonly objects: readonly KubeObject[]
  /** Which control loops run: all, none, or those named ("kube-proxy", "kubelet", "scheduler", "controllers"). */
  readonly running: boolean | readonly string[]
  /** By node name, what that node has beyond the ordinary. */
  readonly nodes: Readonly<Record<string, NodeSpec>>
}

export interface NodeSpec {
  /** The first draw of KUBE-SERVICES on this node: Service port names ("myapp/back-end-service", "kube-system/kube-dns:dns") in order. Later draws are the dice's. */
  readonly kubeProxyFirstOrder?: readonly string[]
  /** Extra files: path to text. */
  readonly files?: Readonly<Record<string, string>>
  /** The address of cilium_host on this node; by default the first of its pod CIDR that is free. */
  readonly ciliumHost?: string
}
