// Images and node facts of a v1.31 cluster on Ubuntu 22.04, for datnd-scenario.mjs.
import { createHash } from 'node:crypto'

export const KUBERNETES = 'v1.31.4'
export const CILIUM = 'quay.io/cilium/cilium:v1.15.11'
export const CILIUM_OPERATOR = 'quay.io/cilium/operator-generic:v1.15.11'

/** "namespace/container" of the dump to the image that tenant really runs. */
export const IMAGES = {
  'argocd/controller': 'quay.io/argoproj/argocd:v2.13.2',
  'argocd/server': 'quay.io/argoproj/argocd:v2.13.2',
  'cert-manager/manager': 'quay.io/jetstack/cert-manager-controller:v1.16.2',
  'cert-manager/webhook': 'quay.io/jetstack/cert-manager-webhook:v1.16.2',
  'ingress-nginx/nginx': 'registry.k8s.io/ingress-nginx/controller:v1.11.3',
  'metallb-system/metallb': 'quay.io/metallb/controller:v0.14.8',
  'monitoring/alertmanager': 'quay.io/prometheus/alertmanager:v0.27.0',
  'monitoring/operator': 'quay.io/prometheus-operator/prometheus-operator:v0.78.2',
  'monitoring/prometheus': 'quay.io/prometheus/prometheus:v2.55.1',
  'kube-system/coredns': 'registry.k8s.io/coredns/coredns:v1.11.3',
}

export const NODE_INFO = {
  kernelVersion: '5.15.0-127-generic',
  osImage: 'Ubuntu 22.04.5 LTS',
  containerRuntimeVersion: 'containerd://1.7.24',
  kubeletVersion: KUBERNETES,
  kubeProxyVersion: KUBERNETES,
  operatingSystem: 'linux',
  architecture: 'amd64',
}

/** kubeadm's CoreDNS: its account, its Corefile and its probes. */
export const COREDNS = {
  spec: {
    volumes: [
      { name: 'config-volume', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }], defaultMode: 420 } },
    ],
    dnsPolicy: 'Default',
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    serviceAccountName: 'coredns',
    serviceAccount: 'coredns',
    priorityClassName: 'system-cluster-critical',
  },
  container: {
    args: ['-conf', '/etc/coredns/Corefile'],
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
    ],
    resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
    volumeMounts: [{ name: 'config-volume', readOnly: true, mountPath: '/etc/coredns' }],
    livenessProbe: {
      httpGet: { path: '/health', port: 8080, scheme: 'HTTP' },
      initialDelaySeconds: 60,
      timeoutSeconds: 5,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 5,
    },
    readinessProbe: {
      httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    },
  },
}

const control = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((n) => `registry.k8s.io/${n}:${KUBERNETES}`)
const everywhere = [CILIUM, CILIUM_OPERATOR, `registry.k8s.io/kube-proxy:${KUBERNETES}`, 'registry.k8s.io/pause:3.10']
const workers = [
  ...new Set(Object.values(IMAGES)),
  'docker.io/datnd/back-end:v1',
  'docker.io/datnd/front-end:v1',
  'mcr.microsoft.com/mssql/server:2022-latest',
]

export const sha = (text) => createHash('sha256').update(text).digest('hex')

/** status.images: biggest first, as the kubelet reports them. */
export function IMAGES_ON_NODES(node) {
  const master = ['registry.k8s.io/etcd:3.5.15-0', 'registry.k8s.io/coredns/coredns:v1.11.3', ...control]
  const images = [...everywhere, ...(node === 'datnd-master-node' ? master : workers)]
  return images
    .map((image) => ({
      names: [`${image.replace(/:[^:/]*$/, '')}@sha256:${sha(image)}`, image],
      sizeBytes: image.includes('pause') ? 320368 : 15_000_000 + (Number.parseInt(sha(image).slice(0, 7), 16) % 180_000_000),
    }))
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
}
