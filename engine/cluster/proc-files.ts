import type { Netns } from '../net/netns.ts'
import { procNet, writeProcNet } from '../net/proc.ts'
import { FsError } from './fs.ts'
import type { Computed, ComputedDir, ComputedFile } from './tree.ts'

const NULL_DEVICE: ComputedFile = { read: () => '', write: () => {} }

/** /proc/sys and /proc/net as a machine of this namespace sees them: every sysctl key is a file ("net.ipv4.ip_forward" at net/ipv4/ip_forward). */
export function procFiles(netns: Netns, more: Readonly<Record<string, () => string>> = {}): Computed {
  return (path) => {
    if (path === '/dev/null') return NULL_DEVICE
    if (!path.startsWith('/proc/')) return undefined
    const text = more[path]
    if (text !== undefined) return { read: text }
    if (path === '/proc/net' || path.startsWith('/proc/net/')) return netAt(netns, path.slice('/proc/net/'.length))
    return path === '/proc/sys' || path.startsWith('/proc/sys/') ? sysctlAt(netns, path.slice('/proc/sys/'.length)) : undefined
  }
}

/** The part of the names below a folder that comes next. */
function below(names: Iterable<string>, folder: string): ComputedDir | undefined {
  const prefix = folder === '' ? '' : `${folder}/`
  const found = [...names]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length).split('/')[0] as string)
  return found.length === 0 ? undefined : { list: () => [...new Set(found)] }
}

function netAt(netns: Netns, path: string): ComputedFile | ComputedDir | undefined {
  const files = procNet(netns)
  const read = files[path]
  if (read === undefined) return below(Object.keys(files), path)
  if (!path.startsWith('xt_recent/')) return { read }
  const put = (content: string) => {
    if (writeProcNet(netns, path, content) === 'EINVAL') throw new FsError('EINVAL', path)
  }
  return { read, write: put }
}

function sysctlAt(netns: Netns, path: string): ComputedFile | ComputedDir | undefined {
  const key = path.replace(/[./]/g, (c) => (c === '/' ? '.' : '/'))
  const value = path === '' ? undefined : netns.sysctl(key)
  if (value !== undefined) return { read: () => `${netns.sysctl(key) ?? ''}\n`, write: (content) => write(netns, key, content) }
  const list = netns.sysctlFolder(path)
  return list === undefined ? undefined : { list: () => list }
}

function write(netns: Netns, key: string, content: string): void {
  const result = netns.writeSysctl(key, content)
  if (result !== 'ok') throw new FsError(result, key)
}
