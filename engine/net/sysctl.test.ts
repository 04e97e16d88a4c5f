import { expect, test } from 'vitest'
import { type SysctlOwner, Sysctls } from './sysctl.ts'

const of = (kernel: string, host?: string): SysctlOwner => ({
  links: [{ name: 'lo' }, { name: 'eth0.5' }],
  host,
  net: { kernel },
})
const jammy = new Sysctls(of('5.15.0-127-generic'))
const newest = new Sysctls(of('6.18.0'))

test('keys and values are those of the release', () => {
  const both = (key: string) => [jammy.get(key), newest.get(key)]
  expect(both('net.netfilter.nf_conntrack_events')).toEqual(['1', '2'])
  expect(both('net.netfilter.nf_conntrack_helper')).toEqual(['0', undefined])
  expect(both('net.netfilter.nf_conntrack_dccp_timeout_open')).toEqual(['43200', undefined])
  expect(both('net.ipv4.tcp_rto_max_ms')).toEqual([undefined, '120000'])
  expect(both('net.ipv4.conf.eth0/5.arp_evict_nocarrier')).toEqual([undefined, '1'])
  expect(new Sysctls(of('6.5.0')).get('net.netfilter.nf_conntrack_dccp_loose')).toBe('1')
})

test('folders list what get answers', () => {
  for (const sysctls of [jammy, newest]) {
    const listed = (folder: string) => (sysctls.folder(folder) ?? []).map((name) => `${folder}/${name}`.replaceAll('/', '.'))
    const names = [
      ...listed('net/netfilter').filter((n) => !n.endsWith('nf_log')),
      ...listed('net/ipv4').filter((n) => n.includes('.tcp_')),
    ]
    expect(names.length).toBeGreaterThan(60)
    expect(names.filter((name) => sysctls.get(name) === undefined)).toEqual([])
  }
  expect(jammy.folder('net/netfilter')).toContain('nf_conntrack_helper')
  expect(newest.folder('net/netfilter')).not.toContain('nf_conntrack_helper')
})

test('2 as a way of events came with 5.19', () => {
  expect(jammy.write('net.netfilter.nf_conntrack_events', '2')).toBe('EINVAL')
  expect(newest.write('net.netfilter.nf_conntrack_events', '2')).toBe('ok')
})

test('net.nf_conntrack_max is another name of the same number, in the node’s own namespace', () => {
  const sysctls = new Sysctls(of('6.18.0'))
  expect(sysctls.write('net.nf_conntrack_max', '1000')).toBe('ok')
  expect(sysctls.get('net.netfilter.nf_conntrack_max')).toBe('1000')
  expect(sysctls.get('net.nf_conntrack_max')).toBe('1000')
  expect(sysctls.folder('net')).toContain('nf_conntrack_max')
  const pod = new Sysctls(of('6.18.0', 'nodes/cp-1'))
  expect(pod.get('net.nf_conntrack_max')).toBeUndefined()
  expect(pod.write('net.nf_conntrack_max', '1000')).toBe('ENOENT')
  expect(pod.folder('net')).not.toContain('nf_conntrack_max')
})
