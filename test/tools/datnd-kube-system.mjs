// What kubeadm v1.31 and Cilium put into kube-system beside CoreDNS, for datnd-scenario.mjs.
import { CILIUM, CILIUM_OPERATOR, KUBERNETES, sha } from './datnd-images.mjs'

const BORN = '2026-08-22T11:51:20Z'
const CILIUM_BORN = '2026-08-22T11:52:31Z'
const NODES = [
  ['datnd-master-node', '192.168.56.10'],
  ['datnd-worker-node-1', '192.168.56.11'],
  ['datnd-worker-node-2', '192.168.56.12'],
]
let revision = 2000

const uid = (text) => {
  const h = sha(text)
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${'89ab'[Number.parseInt(h[16], 16) & 3]}${h.slice(17, 20)}-${h.slice(20, 32)}`
}
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
/** Five characters as the API server generates them, always the same for the same text. */
const suffix = (text) =>
  [...sha(text)]
    .slice(0, 10)
    .reduce((out, _, i, all) => (i % 2 ? out : out + alphabet[Number.parseInt(all[i] + all[i + 1], 16) % 27]), '')

function object(apiVersion, kind, name, created, more) {
  const { metadata, ...rest } = more
  const namespace = 'kube-system'
  const id = uid(`${kind}/${namespace}/${name}`)
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid: id, resourceVersion: String(revision++), creationTimestamp: created, ...metadata },
    ...rest,
  }
}

const configMap = (name, data, created = BORN, metadata = {}) => object('v1', 'ConfigMap', name, created, { metadata, data })
const serviceAccount = (name, created = BORN) => object('v1', 'ServiceAccount', name, created, { metadata: {} })

const hostPath = (name, path, type) => ({ name, hostPath: { path, type } })
const containerDefaults = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
}

function running(name, image, startedAt, restarts = 0, lastEnd = undefined) {
  const id = (n) => `containerd://${sha(`${name}/${n}`)}`
  const lastState =
    lastEnd === undefined
      ? {}
      : {
          terminated: {
            exitCode: 1,
            reason: 'Error',
            startedAt: lastEnd.from,
            finishedAt: lastEnd.to,
            containerID: id(restarts - 1),
          },
        }
  return {
    name: name.split('/').at(-1),
    state: { running: { startedAt } },
    lastState,
    ready: true,
    restartCount: restarts,
    image,
    imageID: `${image.replace(/:[^:/]*$/, '')}@sha256:${sha(image)}`,
    containerID: id(restarts),
    started: true,
  }
}

function podStatus(ip, at, containerStatuses, qosClass) {
  const condition = (type, time = at) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: time })
  const ready = containerStatuses[0].state.running.startedAt
  return {
    phase: 'Running',
    conditions: [
      condition('PodReadyToStartContainers'),
      condition('Initialized'),
      condition('Ready', ready),
      condition('ContainersReady', ready),
      condition('PodScheduled'),
    ],
    hostIP: ip,
    hostIPs: [{ ip }],
    podIP: ip,
    podIPs: [{ ip }],
    startTime: at,
    containerStatuses,
    qosClass,
  }
}

// -- the static pods of the control plane ------------------------------------------------------------------------------

const [[MASTER, MASTER_IP]] = NODES
const PKI = '/etc/kubernetes/pki'

const STATIC = {
  etcd: {
    image: 'registry.k8s.io/etcd:3.5.15-0',
    cpu: '100m',
    memory: '100Mi',
    annotation: { 'kubeadm.kubernetes.io/etcd.advertise-client-urls': `https://${MASTER_IP}:2379` },
    command: [
      'etcd',
      `--advertise-client-urls=https://${MASTER_IP}:2379`,
      '--cert-file=/etc/kubernetes/pki/etcd/server.crt',
      '--client-cert-auth=true',
      '--data-dir=/var/lib/etcd',
      `--initial-advertise-peer-urls=https://${MASTER_IP}:2380`,
      `--initial-cluster=${MASTER}=https://${MASTER_IP}:2380`,
      '--key-file=/etc/kubernetes/pki/etcd/server.key',
      `--listen-client-urls=https://127.0.0.1:2379,https://${MASTER_IP}:2379`,
      '--listen-metrics-urls=http://127.0.0.1:2381',
      `--listen-peer-urls=https://${MASTER_IP}:2380`,
      `--name=${MASTER}`,
      '--peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt',
      '--peer-client-cert-auth=true',
      '--peer-key-file=/etc/kubernetes/pki/etcd/peer.key',
      '--peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt',
      '--snapshot-count=10000',
      '--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt',
    ],
    volumes: [
      hostPath('etcd-certs', '/etc/kubernetes/pki/etcd', 'DirectoryOrCreate'),
      hostPath('etcd-data', '/var/lib/etcd', 'DirectoryOrCreate'),
    ],
  },
  'kube-apiserver': {
    image: `registry.k8s.io/kube-apiserver:${KUBERNETES}`,
    cpu: '250m',
    annotation: { 'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': `${MASTER_IP}:6443` },
    command: [
      'kube-apiserver',
      `--advertise-address=${MASTER_IP}`,
      '--allow-privileged=true',
      '--authorization-mode=Node,RBAC',
      `--client-ca-file=${PKI}/ca.crt`,
      '--enable-admission-plugins=NodeRestriction',
      '--enable-bootstrap-token-auth=true',
      `--etcd-cafile=${PKI}/etcd/ca.crt`,
      `--etcd-certfile=${PKI}/apiserver-etcd-client.crt`,
      `--etcd-keyfile=${PKI}/apiserver-etcd-client.key`,
      '--etcd-servers=https://127.0.0.1:2379',
      '--secure-port=6443',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${PKI}/sa.pub`,
      `--service-account-signing-key-file=${PKI}/sa.key`,
      '--service-cluster-ip-range=10.96.0.0/12',
      `--tls-cert-file=${PKI}/apiserver.crt`,
      `--tls-private-key-file=${PKI}/apiserver.key`,
    ],
    volumes: [hostPath('ca-certs', '/etc/ssl/certs', 'DirectoryOrCreate'), hostPath('k8s-certs', PKI, 'DirectoryOrCreate')],
  },
  'kube-controller-manager': {
    image: `registry.k8s.io/kube-controller-manager:${KUBERNETES}`,
    cpu: '200m',
    restarts: 2,
    command: [
      'kube-controller-manager',
      '--allocate-node-cidrs=true',
      '--authentication-kubeconfig=/etc/kubernetes/controller-manager.conf',
      '--authorization-kubeconfig=/etc/kubernetes/controller-manager.conf',
      '--bind-address=127.0.0.1',
      `--client-ca-file=${PKI}/ca.crt`,
      '--cluster-cidr=192.168.10.0/24',
      '--cluster-name=kubernetes',
      `--cluster-signing-cert-file=${PKI}/ca.crt`,
      `--cluster-signing-key-file=${PKI}/ca.key`,
      '--controllers=*,bootstrapsigner,tokencleaner',
      '--kubeconfig=/etc/kubernetes/controller-manager.conf',
      '--leader-elect=true',
      `--root-ca-file=${PKI}/ca.crt`,
      `--service-account-private-key-file=${PKI}/sa.key`,
      '--service-cluster-ip-range=10.96.0.0/12',
      '--use-service-account-credentials=true',
    ],
    volumes: [
      hostPath('k8s-certs', PKI, 'DirectoryOrCreate'),
      hostPath('kubeconfig', '/etc/kubernetes/controller-manager.conf', 'FileOrCreate'),
    ],
  },
  'kube-scheduler': {
    image: `registry.k8s.io/kube-scheduler:${KUBERNETES}`,
    cpu: '100m',
    restarts: 2,
    command: [
      'kube-scheduler',
      '--authentication-kubeconfig=/etc/kubernetes/scheduler.conf',
      '--authorization-kubeconfig=/etc/kubernetes/scheduler.conf',
      '--bind-address=127.0.0.1',
      '--kubeconfig=/etc/kubernetes/scheduler.conf',
      '--leader-elect=true',
    ],
    volumes: [hostPath('kubeconfig', '/etc/kubernetes/scheduler.conf', 'FileOrCreate')],
  },
}

function staticPod(component, part, node) {
  const name = `${component}-${MASTER}`
  const { image, command, volumes, cpu, memory, annotation = {}, restarts = 0 } = part
  const startedAt = restarts ? '2026-11-01T03:12:44Z' : '2026-08-22T11:51:09Z'
  const last = restarts ? { from: '2026-09-30T22:40:03Z', to: '2026-11-01T03:12:41Z' } : undefined
  const hash = sha(name).slice(0, 32)
  return object('v1', 'Pod', name, BORN, {
    metadata: {
      labels: { component, tier: 'control-plane' },
      annotations: {
        ...annotation,
        'kubernetes.io/config.hash': hash,
        'kubernetes.io/config.mirror': hash,
        'kubernetes.io/config.seen': '2026-08-22T11:51:14.312776204Z',
        'kubernetes.io/config.source': 'file',
      },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: MASTER, uid: node.metadata.uid, controller: true }],
    },
    spec: {
      volumes,
      containers: [
        {
          name: component,
          image,
          command,
          resources: { requests: { cpu, ...(memory ? { memory } : {}) } },
          volumeMounts: volumes.map((v) => ({ name: v.name, mountPath: v.hostPath.path })),
          ...containerDefaults,
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      nodeName: MASTER,
      hostNetwork: true,
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      schedulerName: 'default-scheduler',
      tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
      priorityClassName: 'system-node-critical',
      priority: 2000001000,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: podStatus(
      MASTER_IP,
      '2026-08-22T11:51:07Z',
      [running(`${name}/${component}`, image, startedAt, restarts, last)],
      'Burstable',
    ),
  })
}

// -- DaemonSets and the operator ---------------------------------------------------------------------------------------

const defaults = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  securityContext: {},
}

function kubeProxySpec() {
  return {
    volumes: [
      { name: 'kube-proxy', configMap: { name: 'kube-proxy', defaultMode: 420 } },
      hostPath('xtables-lock', '/run/xtables.lock', 'FileOrCreate'),
      hostPath('lib-modules', '/lib/modules', ''),
    ],
    containers: [
      {
        name: 'kube-proxy',
        image: `registry.k8s.io/kube-proxy:${KUBERNETES}`,
        command: ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf', '--hostname-override=$(NODE_NAME)'],
        env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } }],
        resources: {},
        volumeMounts: [
          { name: 'kube-proxy', mountPath: '/var/lib/kube-proxy' },
          { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
          { name: 'lib-modules', readOnly: true, mountPath: '/lib/modules' },
        ],
        ...containerDefaults,
        securityContext: { privileged: true },
      },
    ],
    ...defaults,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    serviceAccountName: 'kube-proxy',
    serviceAccount: 'kube-proxy',
    hostNetwork: true,
    tolerations: [{ operator: 'Exists' }],
    priorityClassName: 'system-node-critical',
  }
}

function ciliumSpec() {
  return {
    volumes: [
      hostPath('cilium-run', '/var/run/cilium', 'DirectoryOrCreate'),
      hostPath('bpf-maps', '/sys/fs/bpf', 'DirectoryOrCreate'),
    ],
    containers: [
      {
        name: 'cilium-agent',
        image: CILIUM,
        command: ['cilium-agent'],
        args: ['--config-dir=/tmp/cilium/config-map'],
        resources: {},
        volumeMounts: [
          { name: 'bpf-maps', mountPath: '/sys/fs/bpf' },
          { name: 'cilium-run', mountPath: '/var/run/cilium' },
        ],
        ...containerDefaults,
        securityContext: { privileged: true },
      },
    ],
    ...defaults,
    terminationGracePeriodSeconds: 1,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    serviceAccountName: 'cilium',
    serviceAccount: 'cilium',
    automountServiceAccountToken: true,
    hostNetwork: true,
    tolerations: [{ operator: 'Exists' }],
    priorityClassName: 'system-node-critical',
  }
}

function operatorSpec() {
  return {
    volumes: [{ name: 'cilium-config-path', configMap: { name: 'cilium-config', defaultMode: 420 } }],
    containers: [
      {
        name: 'cilium-operator',
        image: CILIUM_OPERATOR,
        command: ['cilium-operator-generic'],
        args: ['--config-dir=/tmp/cilium/config-map', '--debug=$(CILIUM_DEBUG)'],
        resources: {},
        volumeMounts: [{ name: 'cilium-config-path', readOnly: true, mountPath: '/tmp/cilium/config-map' }],
        ...containerDefaults,
      },
    ],
    ...defaults,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    serviceAccountName: 'cilium-operator',
    serviceAccount: 'cilium-operator',
    hostNetwork: true,
    tolerations: [{ operator: 'Exists' }],
    priorityClassName: 'system-cluster-critical',
  }
}

const daemonTolerations = [
  'not-ready:NoExecute',
  'unreachable:NoExecute',
  'disk-pressure:NoSchedule',
  'memory-pressure:NoSchedule',
  'pid-pressure:NoSchedule',
  'unschedulable:NoSchedule',
  'network-unavailable:NoSchedule',
].map((t) => {
  const [key, effect] = t.split(':')
  return { key: `node.kubernetes.io/${key}`, operator: 'Exists', effect }
})

/** A pod's own view of a template: its token volume, and where it runs. */
function podOf(owner, template, name, [nodeName, ip], created, extra) {
  const token = `kube-api-access-${suffix(`${name}/token`)}`
  const mount = { name: token, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }
  const { volumes, containers, ...rest } = template.spec
  const [container] = containers
  const priority = rest.priorityClassName === 'system-node-critical' ? 2000001000 : 2000000000
  const volume = {
    name: token,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
      defaultMode: 420,
    },
  }
  const started = new Date(Date.parse(created) + 4000).toISOString().replace('.000', '')
  return object('v1', 'Pod', name, created, {
    metadata: {
      generateName: name.replace(/[^-]*$/, ''),
      labels: { ...template.metadata.labels, ...extra.labels },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: owner.kind,
          name: owner.metadata.name,
          uid: owner.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      volumes: [...volumes, volume],
      containers: [{ ...container, volumeMounts: [...container.volumeMounts, mount] }],
      ...rest,
      nodeName,
      ...extra.spec,
      priority,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: podStatus(ip, created, [running(`${name}/${container.name}`, container.image, started)], 'BestEffort'),
  })
}

function daemonSet(name, labels, spec, created, maxUnavailable) {
  const template = { metadata: { labels }, spec }
  const owner = object('apps/v1', 'DaemonSet', name, created, {
    metadata: { generation: 1, labels, annotations: { 'deprecated.daemonset.template.generation': '1' } },
    spec: {
      selector: { matchLabels: labels },
      template,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge: 0 } },
      revisionHistoryLimit: 10,
    },
    status: {
      currentNumberScheduled: 3,
      numberMisscheduled: 0,
      desiredNumberScheduled: 3,
      numberReady: 3,
      observedGeneration: 1,
      updatedNumberScheduled: 3,
      numberAvailable: 3,
    },
  })
  const hash = suffix(`${name}/revision`) + suffix(`${name}/revision/2`)
  const pods = NODES.map((node) =>
    podOf(owner, template, `${name}-${suffix(`${name}/${node[0]}`)}`, node, created, {
      labels: { 'controller-revision-hash': hash, 'pod-template-generation': '1' },
      spec: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node[0]] }] }],
            },
          },
        },
        tolerations: [...spec.tolerations, ...daemonTolerations],
      },
    }),
  )
  return [owner, ...pods]
}

function operator() {
  const name = 'cilium-operator'
  const labels = { 'io.cilium/app': 'operator', name }
  const hash = '7f9bd8c6d'
  const template = { metadata: { labels }, spec: operatorSpec() }
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%', maxSurge: '25%' } }
  const revisionOne = { 'deployment.kubernetes.io/revision': '1' }
  const condition = (type, reason, message) => ({
    type,
    status: 'True',
    lastUpdateTime: CILIUM_BORN,
    lastTransitionTime: CILIUM_BORN,
    reason,
    message,
  })
  const deployment = object('apps/v1', 'Deployment', name, CILIUM_BORN, {
    metadata: { generation: 1, labels: { ...labels, 'app.kubernetes.io/part-of': 'cilium' }, annotations: revisionOne },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template,
      strategy,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
    status: {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      conditions: [
        condition('Available', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'),
        condition('Progressing', 'NewReplicaSetAvailable', `ReplicaSet "${name}-${hash}" has successfully progressed.`),
      ],
    },
  })
  const hashed = { ...labels, 'pod-template-hash': hash }
  const set = object('apps/v1', 'ReplicaSet', `${name}-${hash}`, CILIUM_BORN, {
    metadata: {
      generation: 1,
      labels: hashed,
      annotations: {
        'deployment.kubernetes.io/desired-replicas': '1',
        'deployment.kubernetes.io/max-replicas': '2',
        ...revisionOne,
      },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name,
          uid: deployment.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { replicas: 1, selector: { matchLabels: hashed }, template: { metadata: { labels: hashed }, spec: operatorSpec() } },
    status: { replicas: 1, fullyLabeledReplicas: 1, readyReplicas: 1, availableReplicas: 1, observedGeneration: 1 },
  })
  const pod = podOf(set, set.spec.template, `${name}-${hash}-${suffix(name)}`, NODES[1], CILIUM_BORN, { labels: {}, spec: {} })
  return [deployment, set, pod]
}

// -- ConfigMaps --------------------------------------------------------------------------------------------------------

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`

const PROXY_CONFIG = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
clientConnection:
  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
clusterCIDR: 192.168.10.0/24
detectLocalMode: ""
iptables:
  masqueradeAll: false
  masqueradeBit: null
  minSyncPeriod: 0s
  syncPeriod: 0s
kind: KubeProxyConfiguration
metricsBindAddress: ""
mode: ""
nodePortAddresses: null
`

const KUBEADM = `apiServer: {}
apiVersion: kubeadm.k8s.io/v1beta4
certificatesDir: /etc/kubernetes/pki
clusterName: kubernetes
controllerManager: {}
dns: {}
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: ${KUBERNETES}
networking:
  dnsDomain: cluster.local
  podSubnet: 192.168.10.0/24
  serviceSubnet: 10.96.0.0/12
scheduler: {}
`

const CILIUM_CONFIG = {
  'cluster-name': 'kubernetes',
  'cluster-pool-ipv4-cidr': '10.0.0.0/8',
  'cluster-pool-ipv4-mask-size': '24',
  'enable-ipv4': 'true',
  'enable-ipv4-masquerade': 'true',
  'enable-ipv6': 'false',
  ipam: 'cluster-pool',
  'kube-proxy-replacement': 'false',
  'routing-mode': 'tunnel',
  'tunnel-protocol': 'vxlan',
}

const lease = (name) =>
  object('coordination.k8s.io/v1', 'Lease', name, '2026-08-22T11:51:16Z', {
    metadata: {},
    spec: {
      holderIdentity: `${MASTER}_${uid(name)}`,
      leaseDurationSeconds: 15,
      acquireTime: '2026-11-01T03:13:02.114872Z',
      renewTime: '2026-11-22T16:52:55.203511Z',
      leaseTransitions: 2,
    },
  })

/** Every object to add; `items` are those of the dump. */
export function kubeSystem(items) {
  const node = items.find((o) => o.kind === 'Node' && o.metadata.name === MASTER)
  return [
    ...Object.entries(STATIC).map(([component, part]) => staticPod(component, part, node)),
    ...daemonSet('kube-proxy', { 'k8s-app': 'kube-proxy' }, kubeProxySpec(), BORN, 1),
    ...daemonSet('cilium', { 'k8s-app': 'cilium' }, ciliumSpec(), CILIUM_BORN, 2),
    ...operator(),
    configMap('coredns', { Corefile: COREFILE }),
    configMap('kube-proxy', { 'config.conf': PROXY_CONFIG }, BORN, { labels: { app: 'kube-proxy' } }),
    configMap('kubeadm-config', { ClusterConfiguration: KUBEADM }),
    configMap('cilium-config', CILIUM_CONFIG, CILIUM_BORN),
    serviceAccount('coredns'),
    serviceAccount('kube-proxy'),
    serviceAccount('cilium', CILIUM_BORN),
    serviceAccount('cilium-operator', CILIUM_BORN),
    lease('kube-controller-manager'),
    lease('kube-scheduler'),
  ]
}
