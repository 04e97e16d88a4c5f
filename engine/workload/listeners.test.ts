import { expect, test } from 'vitest'
import type { CommandContext } from '../cli/command.ts'
import { ss } from '../cli/ss/ss.ts'
import { TwoHosts } from '../net/two-hosts.harness.ts'
import { workOf } from './images.ts'
import { startNodeDaemons, startWorkload } from './start.ts'

const ETCD = [
  'etcd',
  '--listen-client-urls=https://127.0.0.1:2379,https://10.9.0.1:2379',
  '--listen-metrics-urls=http://127.0.0.1:2381',
  '--listen-peer-urls=https://10.9.0.1:2380',
]

function listeners(hosts: TwoHosts): readonly string[] {
  let out = ''
  const stdout = {
    write: (text: string) => {
      out += text
    },
  }
  const machine = { netns: hosts.node }
  ss.run({ argv: ['ss', '-Hltn'], stdout, stderr: stdout, machine } as unknown as CommandContext)
  return out
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[3] ?? '')
}

test('etcd listens where its flags say', () => {
  const hosts = new TwoHosts()
  const place = { netns: hosts.node, namespace: 'kube-system', pod: 'etcd-cp-1', container: 'etcd' }
  expect(startWorkload({ ...place, image: 'registry.k8s.io/etcd:3.5.24-0', args: ETCD })).toEqual([])
  expect([...listeners(hosts)].sort()).toEqual(['10.9.0.1:2379', '10.9.0.1:2380', '127.0.0.1:2379', '127.0.0.1:2381'])
  const bare = workOf('registry.k8s.io/etcd:3.5.24-0')?.listen({ image: '', ports: [], args: [], env: {} })
  expect(bare?.map((l) => `${l.address}:${l.port}`)).toEqual(['127.0.0.1:2380', '127.0.0.1:2379'])
})

test('sshd has a socket for each family, and ss tells of AF_INET before AF_INET6', () => {
  const hosts = new TwoHosts()
  hosts.node.ip.listenTcp({ port: 6443, address: '::' })
  startNodeDaemons(hosts.node, 'cp-1')
  expect(listeners(hosts)).toEqual(['0.0.0.0:22', '127.0.0.1:10248', '*:6443', '[::]:22', '*:10250'])
})
