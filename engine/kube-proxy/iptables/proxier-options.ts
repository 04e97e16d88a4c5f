import type { Store } from '../../api/store.ts'
import type { Cidr, IpFamily } from '../../base/ip.ts'
import type { Dice } from '../../clock/dice.ts'
import type { LocalDetector } from '../local-detector.ts'
import type { ProxyConfig } from '../proxy-config.ts'
import type { Release } from '../release.ts'
import type { NodePlace } from '../topology.ts'
import type { ProxyKernel } from './kernel.ts'

/** What the proxier of one family is made of: all of it stays as it is while the process runs. */
export interface ProxierOptions {
  readonly family: IpFamily
  readonly store: Store
  readonly dice: Dice
  readonly kernel: ProxyKernel
  readonly config: ProxyConfig
  readonly node: string
  readonly nodeIP: string
  /** --nodeport-addresses, with the node's own in place of "primary". */
  readonly nodePortRanges: readonly Cidr[]
  readonly detector: LocalDetector | undefined
  readonly release: Release
  readonly place: () => NodePlace
  /** Service port names in the order of the first sync; a scenario pins it, otherwise the dice decide. */
  readonly firstOrder: readonly string[] | undefined
}
