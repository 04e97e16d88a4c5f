// Makes labs/scenarios/datnd/objects.json from the recorded dump of the first document's cluster:
//   node test/tools/datnd-scenario.mjs ../shared/conformance/kubectl/seed.objects.json.gz
// The dump was taken from a v1.35 API server with a stub for kubelets. Kept: names, addresses, ages, selectors, UIDs. Not kept:
// managedFields, what came after v1.31, placeholder images and nodeInfo, and Events (an idle cluster's are older than their
// hour). Added: what kubeadm and Cilium put on such a cluster (datnd-kube-system.mjs beside this file).
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { COREDNS, IMAGES, IMAGES_ON_NODES, NODE_INFO } from './datnd-images.mjs'
import { kubeSystem } from './datnd-kube-system.mjs'

const NOW = '2026-11-22T16:52:56Z'
const OUT = new URL('../../labs/scenarios/datnd/objects.json', import.meta.url)
const dump = JSON.parse(gunzipSync(readFileSync(process.argv[2])).toString()).items

/** Kinds and objects that a v1.31 cluster does not have, or that do not outlive two idle days. */
const LATER = new Set(['IPAddress', 'ServiceCIDR', 'Event'])
const LATER_NAMES =
  /resource-claim-controller|service-cidrs-controller|volumeattributesclass-protection-controller|selinux-warning-controller/

const keep = (o) =>
  !LATER.has(o.kind) && !LATER_NAMES.test(o.metadata.name) && !(o.kind === 'Lease' && o.metadata.namespace === 'kube-system')

const containers = (namespace, spec) => {
  for (const c of spec.containers) {
    const image = IMAGES[`${namespace}/${c.name}`]
    if (image !== undefined) c.image = image
  }
}

/** The deployment that a pod, ReplicaSet or Deployment belongs to. */
const isCoreDns = (o) => o.metadata.namespace === 'kube-system' && /^coredns/.test(o.metadata.name)

const podSpec = (o, spec) => {
  containers(o.metadata.namespace, spec)
  if (!isCoreDns(o)) return
  Object.assign(spec, COREDNS.spec)
  Object.assign(spec.containers[0], COREDNS.container)
}

const edit = {
  Node(o) {
    const master = o.metadata.name === 'datnd-master-node'
    const label = master ? { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } : {}
    o.metadata.labels = { ...o.metadata.labels, ...label }
    o.metadata.annotations = {
      'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///var/run/containerd/containerd.sock',
      ...o.metadata.annotations,
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    }
    const { machineID, systemUUID, bootID } = o.status.nodeInfo
    o.status.nodeInfo = { machineID, systemUUID, bootID, ...NODE_INFO }
    o.status.images = IMAGES_ON_NODES(o.metadata.name)
    for (const c of o.status.conditions) c.lastHeartbeatTime = '2026-11-22T16:50:31Z'
    o.status.conditions.unshift({
      type: 'NetworkUnavailable',
      status: 'False',
      lastHeartbeatTime: '2026-08-22T11:53:02Z',
      lastTransitionTime: '2026-08-22T11:53:02Z',
      reason: 'CiliumIsUp',
      message: 'Cilium is running on this node',
    })
  },
  Deployment(o) {
    podSpec(o, o.spec.template.spec)
    delete o.status.terminatingReplicas
  },
  ReplicaSet(o) {
    podSpec(o, o.spec.template.spec)
    delete o.status.terminatingReplicas
  },
  Pod(o) {
    const volumes = o.spec.volumes ?? []
    const mounts = o.spec.containers.map((c) => c.volumeMounts ?? [])
    podSpec(o, o.spec)
    if (isCoreDns(o)) {
      o.spec.volumes = [...COREDNS.spec.volumes, ...volumes]
      o.spec.containers[0].volumeMounts = [...COREDNS.container.volumeMounts, ...mounts[0]]
      o.spec.priority = 2000000000
      o.status.qosClass = 'Burstable'
    }
    delete o.metadata.generation
    delete o.status.observedGeneration
    for (const c of o.status.conditions) delete c.observedGeneration
    for (const s of o.status.containerStatuses) {
      const own = o.spec.containers.find((c) => c.name === s.name)
      s.image = fullName(own.image)
      s.imageID = `${fullName(own.image).replace(/:[^:/]*$/, '')}@${s.imageID.replace(/^.*@/, '')}`
    }
    if (!volumes.length) delete o.spec.volumes
  },
  Endpoints(o) {
    delete o.metadata.labels?.['endpoints.kubernetes.io/managed-by']
    if (o.metadata.labels && Object.keys(o.metadata.labels).length === 0) delete o.metadata.labels
  },
  Lease(o) {
    o.spec.renewTime = '2026-11-22T16:52:50.817000Z'
  },
}

/** "datnd/back-end:v1" → "docker.io/datnd/back-end:v1", as containerd reports it. */
function fullName(image) {
  const host = image.split('/')[0]
  return image.includes('/') && /[.:]/.test(host) ? image : `docker.io/${image.includes('/') ? '' : 'library/'}${image}`
}

const items = dump.filter(keep).map((o) => {
  delete o.metadata.managedFields
  edit[o.kind]?.(o)
  return o
})
const added = kubeSystem(items)
const list = { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: [...items, ...added] }
writeFileSync(OUT, `${JSON.stringify(list, null, 1)}\n`)
process.stderr.write(`${list.items.length} objects at ${NOW}\n`)
