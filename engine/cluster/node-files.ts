import etc from './etc.data.json' with { type: 'json' }
import type { FsEntry } from './fs.ts'
import { kubeconfigText } from './kubeconfig.ts'
import type { Profile } from './profile.ts'
import { SHIPPED_FOLDER } from './shipped-files.ts'
import { dirEntry, fileEntry } from './tree.ts'

/** What a node's file tree is made from, beside what every node has. */
export interface NodeFiles {
  /** False: no /etc/passwd and /etc/group, as on the machine of the iptables recordings, whose tools print ids as numbers. */
  readonly accounts?: boolean
  readonly hostname: string
  readonly profile: Profile
  readonly now: number
  /** The API server that this control-plane node's kubeconfig names; undefined on workers and bare nodes. */
  readonly server?: string
  /** /etc/hosts, where it is not the ordinary one for this host name. */
  readonly hosts?: string
  readonly extra?: Readonly<Record<string, string>>
}

const OS_RELEASES: readonly { readonly match: RegExp; readonly text: string }[] = [
  {
    match: /^Ubuntu 22\.04/,
    text: 'PRETTY_NAME="Ubuntu 22.04.5 LTS"\nNAME="Ubuntu"\nVERSION_ID="22.04"\nVERSION="22.04.5 LTS (Jammy Jellyfish)"\nVERSION_CODENAME=jammy\nID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME=jammy\n',
  },
  {
    match: /^Ubuntu 24\.04/,
    text: 'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION="24.04.3 LTS (Noble Numbat)"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME=noble\n',
  },
  {
    match: /^Debian GNU\/Linux 12/,
    text: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n',
  },
]

/** /etc/hosts of an Ubuntu node as the iptables recordings had it. */
export const RECORDED_HOSTS = etc['/etc/hosts']

const PASSWD = [
  'root:x:0:0:root:/root:/bin/bash',
  'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
  'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
  'ubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash',
]

/** The root directory of a node as kubeadm and the distribution leave it. */
export function nodeRoot(files: NodeFiles): Extract<FsEntry, { type: 'dir' }> {
  const { hostname, profile, now } = files
  const text: Record<string, string> = {
    '/etc/services': etc['/etc/services'],
    '/etc/protocols': etc['/etc/protocols'],
    '/etc/hosts': files.hosts ?? hostsText(hostname),
    '/etc/hostname': `${hostname}\n`,
    ...(files.accounts === false
      ? {}
      : {
          '/etc/passwd': `${PASSWD.join('\n')}\n`,
          '/etc/group': 'root:x:0:\ndaemon:x:1:\nnogroup:x:65534:\nubuntu:x:1000:\n',
        }),
    '/etc/resolv.conf': 'nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n',
    '/etc/os-release': OS_RELEASES.find((o) => o.match.test(profile.os))?.text ?? `PRETTY_NAME="${profile.os}"\n`,
  }
  if (files.server !== undefined) {
    text['/etc/kubernetes/admin.conf'] = kubeconfigText(files.server)
    text['/root/.kube/config'] = kubeconfigText(files.server)
  }
  Object.assign(text, files.extra)
  let root = tree(Object.entries(text), now)
  for (const path of [
    '/tmp',
    '/root',
    '/home/ubuntu',
    '/var/log',
    '/proc',
    '/sys',
    '/usr/bin',
    '/usr/sbin',
    '/dev',
    '/run',
    SHIPPED_FOLDER,
  ]) {
    root = put(root, path.slice(1).split('/'), undefined, now)
  }
  return root
}

/** A directory tree from paths and their texts. */
export function tree(files: readonly (readonly [path: string, text: string])[], now: number): Extract<FsEntry, { type: 'dir' }> {
  let root = dirEntry(now)
  for (const [path, text] of files) root = put(root, path.slice(1).split('/'), fileEntry(text, now, modeOf(path)), now)
  return root
}

/** The tree with these folders in it. */
export function withFolders(
  root: Extract<FsEntry, { type: 'dir' }>,
  paths: readonly string[],
  now: number,
): Extract<FsEntry, { type: 'dir' }> {
  let out = root
  for (const path of paths) out = put(out, path.slice(1).split('/'), undefined, now)
  return out
}

function modeOf(path: string): number {
  return path.endsWith('.kube/config') || path.endsWith('admin.conf') ? 0o600 : 0o644
}

function put(
  dir: Extract<FsEntry, { type: 'dir' }>,
  parts: readonly string[],
  entry: FsEntry | undefined,
  now: number,
): Extract<FsEntry, { type: 'dir' }> {
  const [head, ...rest] = parts as [string, ...string[]]
  const existing = dir.entries[head]
  const child =
    rest.length === 0
      ? (entry ?? existing ?? dirEntry(now, {}, head === 'tmp' ? 0o1777 : head === 'root' ? 0o700 : 0o755))
      : put(existing?.type === 'dir' ? existing : dirEntry(now, {}, head === 'root' ? 0o700 : 0o755), rest, entry, now)
  return { ...dir, entries: { ...dir.entries, [head]: child } }
}

function hostsText(hostname: string): string {
  return RECORDED_HOSTS.replace(/^127\.0\.1\.1 .*$/m, `127.0.1.1 ${hostname}`)
}
