import type { ApiClient } from '../apiserver/client.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import type { Netns } from '../net/netns.ts'
import type { MachineFs } from './fs.ts'
import type { IptablesVersion, Machine } from './machine.ts'
import type { Profile } from './profile.ts'

/** What a machine asks of the cluster around it; a lone machine has {@link NO_CLUSTER}. */
export interface Surroundings {
  api(machine: Machine, url: string): ApiClient | undefined
  reach(machine: Machine, host: string): Machine | undefined
  container(namespace: string, pod: string, container?: string): Machine | undefined
  service(machine: Machine, name: string): { readonly active: boolean } | undefined
}

export const NO_CLUSTER: Surroundings = {
  api: () => undefined,
  reach: () => undefined,
  container: () => undefined,
  service: () => undefined,
}

export interface MachineParts {
  readonly id: string
  readonly kind: Machine['kind']
  readonly hostname: string
  readonly netns: Netns
  readonly fs: MachineFs
  readonly profile: Profile
  readonly clock: Clock
  readonly dice: Dice
  readonly image?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A node, or a container of a pod, as commands see it. */
export function makeMachine(parts: MachineParts, around: Surroundings): Machine {
  const machine: Machine = {
    ...parts,
    iptables: parseIptablesVersion(parts.profile.iptables),
    api: (url) => around.api(machine, url),
    reach: (host) => around.reach(machine, host),
    container: (namespace, pod, container) => around.container(namespace, pod, container),
    service: (name) => around.service(machine, name),
  }
  return machine
}

/** "1.8.9/nft" as a value; nft unless it says legacy. */
export function parseIptablesVersion(text: string): IptablesVersion {
  const [version = '', backend] = text.split('/')
  return { version, backend: backend === 'legacy' ? 'legacy' : 'nft' }
}
