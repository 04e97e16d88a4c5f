import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'
import { cidrAddress, ipFamily, parseCidr } from '../base/ip.ts'
import type { Dice } from '../clock/dice.ts'
import recorded from './defaults.data.json' with { type: 'json' }

const RESOURCES: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ServiceAccount: 'serviceaccounts',
  ClusterRole: 'clusterroles.rbac.authorization.k8s.io',
  ClusterRoleBinding: 'clusterrolebindings.rbac.authorization.k8s.io',
  Role: 'roles.rbac.authorization.k8s.io',
  RoleBinding: 'rolebindings.rbac.authorization.k8s.io',
  PriorityClass: 'priorityclasses.scheduling.k8s.io',
  Service: 'services',
  Endpoints: 'endpoints',
  EndpointSlice: 'endpointslices.discovery.k8s.io',
  ServiceCIDR: 'servicecidrs.networking.k8s.io',
  IPAddress: 'ipaddresses.networking.k8s.io',
}

export interface NewCluster {
  readonly now: string
  readonly serviceCIDR: string
  /** Address of the API server, if there is a control-plane node. */
  readonly server: string | undefined
}

/** Adds, where absent, what kubeadm and the API server's bootstrap put into every cluster (kubernetes Service: controlplane/controller/kubernetesservice). */
export function addNewClusterObjects(store: Store, dice: Dice, cluster: NewCluster): void {
  const bare = [...(recorded as unknown as KubeObject[]), ...kubernetesService(cluster)]
  for (const object of bare) {
    const resource = RESOURCES[object.kind] as string
    const { name, namespace } = object.metadata
    if (store.get(resource, namespace, name) !== undefined) continue
    store.put(resource, { ...object, metadata: { ...object.metadata, uid: dice.uuid(), creationTimestamp: cluster.now } })
  }
}

function kubernetesService({ now, serviceCIDR, server }: NewCluster): KubeObject[] {
  const cidr = parseCidr(serviceCIDR.split(',')[0] ?? '')
  if (cidr === undefined) return []
  const clusterIP = cidrAddress(cidr, 1)
  const family = ipFamily(clusterIP) === 6 ? 'IPv6' : 'IPv4'
  const metadata = { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } }
  const service: KubeObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
      clusterIP,
      clusterIPs: [clusterIP],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilies: [family],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
    },
    status: { loadBalancer: {} },
  }
  const serviceCidr: KubeObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes', finalizers: ['networking.k8s.io/service-cidr-finalizer'] },
    spec: { cidrs: serviceCIDR.split(',') },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          lastTransitionTime: now,
          reason: '',
          message: 'Kubernetes default Service CIDR is ready',
        },
      ],
    },
  }
  const ipAddress: KubeObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: clusterIP,
      labels: {
        'ipaddress.kubernetes.io/ip-family': family,
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 'kubernetes' } },
  }
  if (server === undefined) return [serviceCidr, service, ipAddress]
  const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' }
  return [
    serviceCidr,
    service,
    ipAddress,
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'kubernetes', namespace: 'default', labels },
      subsets: [{ addresses: [{ ip: server }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] }],
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: family,
      endpoints: [{ addresses: [server], conditions: { ready: true } }],
      ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
    },
  ]
}
