import { parseIPv4 } from '../base/ip.ts'
import type { KubeObject } from './object.ts'
import { timestamp } from './time.ts'
import type { WriteContext } from './write-context.ts'

/** MultiCIDRServiceAllocator is on from v1.33: every cluster address has an IPAddress object that names its Service. */
const SINCE = 33
const RESOURCE = 'ipaddresses.networking.k8s.io'

function addresses(service: KubeObject | undefined): readonly string[] {
  const list: readonly string[] = service?.spec?.clusterIPs ?? []
  return list.filter((ip) => ip !== '' && ip !== 'None')
}

/** Makes and removes IPAddress objects as a Service gains and loses addresses. */
export function trackAddresses(context: WriteContext, old: KubeObject | undefined, service: KubeObject | undefined): void {
  if (context.minor < SINCE) return
  const before = addresses(old)
  const now = addresses(service)
  for (const ip of before) if (!now.includes(ip)) context.store.remove(RESOURCE, undefined, ip)
  for (const ip of now) {
    if (before.includes(ip) || service === undefined || context.store.get(RESOURCE, undefined, ip) !== undefined) continue
    const { namespace, name } = service.metadata
    context.store.put(RESOURCE, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: {
        name: ip,
        uid: context.dice.uuid(),
        creationTimestamp: timestamp(context.clock.now),
        labels: {
          'ipaddress.kubernetes.io/ip-family': parseIPv4(ip) === undefined ? 'IPv6' : 'IPv4',
          'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
        },
      },
      spec: { parentRef: { resource: 'services', namespace, name } },
    })
  }
}
