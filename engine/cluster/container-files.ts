import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'
import { encodeUtf8 } from '../base/utf8.ts'
import { mountedFiles } from './container-volumes.ts'
import type { FsEntry } from './fs.ts'
import { tree, withFolders } from './node-files.ts'

export interface ContainerFiles {
  readonly pod: KubeObject
  readonly container: string
  readonly store: Store
  readonly now: number
  /** ClusterIP of the cluster's DNS Service, if there is one. */
  readonly dns: string | undefined
  /** The node's /etc/resolv.conf, for dnsPolicy Default. */
  readonly nodeResolv: string
  /** What volumes bring: path and content. */
  readonly mounted: readonly (readonly [string, string])[]
}

/** What a container finds in its files: the image's ordinary ones, and those that the kubelet mounts (kubelet_pods.go). */
export function containerRoot(files: ContainerFiles): Extract<FsEntry, { type: 'dir' }> {
  const { pod, now } = files
  const { namespace = 'default' } = pod.metadata
  const mounted = mountedFiles(files.store, pod, files.container)
  const texts = tree(
    [
      ['/etc/hostname', `${hostname(pod)}\n`],
      ['/etc/hosts', hosts(pod)],
      ['/etc/resolv.conf', resolvConf(files, namespace)],
      ['/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n'],
      ['/etc/group', 'root:x:0:\nnobody:x:65534:\n'],
      ...files.mounted.map(([path, content]) => [path, content] as [string, string]),
      ...mounted.files.map(([path, text]) => [path, encodeUtf8(text)] as const),
    ],
    now,
  )
  return withFolders(texts, [...FOLDERS, ...mounted.folders], now)
}

/** Folders of every image. */
const FOLDERS = [
  '/tmp',
  '/root',
  '/home',
  '/opt',
  '/srv',
  '/mnt',
  '/run',
  '/usr/bin',
  '/usr/lib',
  '/usr/local/bin',
  '/var/log',
  '/var/tmp',
]

export function hostname(pod: KubeObject): string {
  if (pod.spec?.hostNetwork === true) return pod.spec.nodeName ?? pod.metadata.name
  return pod.spec?.hostname ?? pod.metadata.name
}

/** managedHostsFileContent. */
function hosts(pod: KubeObject): string {
  const lines = [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
  ]
  for (const { ip } of (pod.status?.podIPs ?? []) as readonly { ip: string }[]) lines.push(`${ip}\t${hostname(pod)}`)
  return `${lines.join('\n')}\n`
}

function resolvConf({ pod, dns, nodeResolv }: ContainerFiles, namespace: string): string {
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst'
  if (policy === 'Default' || dns === undefined || (policy === 'ClusterFirst' && pod.spec?.hostNetwork === true))
    return nodeResolv
  return `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver ${dns}\noptions ndots:5\n`
}
