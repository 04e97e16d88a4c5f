import type { Netns } from '../net/netns.ts'
import type { Computed, ComputedDir, ComputedFile } from './tree.ts'

const NULL_DEVICE: ComputedFile = { read: () => '', write: () => {} }

/** /proc/sys as a machine of this namespace sees it: every sysctl key is a file ("net.ipv4.ip_forward" at net/ipv4/ip_forward). */
export function procFiles(netns: Netns, more: Readonly<Record<string, () => string>> = {}): Computed {
  return (path) => {
    if (path === '/dev/null') return NULL_DEVICE
    if (!path.startsWith('/proc/')) return undefined
    const text = more[path]
    if (text !== undefined) return { read: text }
    return path === '/proc/sys' || path.startsWith('/proc/sys/') ? sysctlAt(netns, path.slice('/proc/sys/'.length)) : undefined
  }
}

function sysctlAt(netns: Netns, path: string): ComputedFile | ComputedDir | undefined {
  const key = path.replaceAll('/', '.')
  const value = path === '' ? undefined : netns.sysctl(key)
  if (value !== undefined) {
    return { read: () => `${netns.sysctl(key) ?? ''}\n`, write: (content) => void netns.setSysctl(key, content.trim()) }
  }
  const prefix = path === '' ? '' : `${key}.`
  const below = netns.sysctlNames().filter((name) => name.startsWith(prefix))
  if (below.length === 0) return undefined
  return { list: () => [...new Set(below.map((name) => name.slice(prefix.length).split('.')[0] as string))] }
}
