import type { ApiClient } from '../apiserver/client.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import type { Netns } from '../net/netns.ts'
import type { MachineFs } from './fs.ts'
import type { Profile } from './profile.ts'

/** A tool's version and backend as a profile writes it: "1.8.9/nft". */
export interface IptablesVersion {
  readonly version: string
  readonly backend: 'nft' | 'legacy'
}

/** What a command may see: a node, or a container of a pod. */
export interface Machine {
  /** `nodes/NAME` or `pods/NAMESPACE/POD/CONTAINER`. */
  readonly id: string
  readonly kind: 'node' | 'container'
  readonly hostname: string
  /** The image of a container: which programs it holds follows from it. */
  readonly image?: string
  /** The environment that a container's runtime gives every program. */
  readonly env?: Readonly<Record<string, string>>
  /** The network namespace: the node's own, or the pod's. */
  readonly netns: Netns
  /** The root file system as this machine sees it. */
  readonly fs: MachineFs
  readonly profile: Profile
  readonly clock: Clock
  readonly dice: Dice
  /** The host iptables of this machine; a batch step's `as` replaces it for one command. */
  readonly iptables: IptablesVersion
  /** An HTTPS client for the API server, or undefined where nothing listens at `url` (the caller prints its tool's error). */
  api(url: string): ApiClient | undefined
  /** ssh and friends: another node by name or address, or undefined. */
  reach(host: string): Machine | undefined
  /** A running container of a pod, as `kubectl exec` enters it, or undefined. */
  container(namespace: string, pod: string, container?: string): Machine | undefined
  /** Asks the node's daemons (kubelet, kube-proxy, containerd...) what they run; undefined if not there. */
  service(name: string): { readonly active: boolean } | undefined
}
