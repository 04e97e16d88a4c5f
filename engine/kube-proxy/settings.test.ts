import { describe, expect, it } from 'vitest'
import { ProxyFlagError, parseProxyArgs } from './config.ts'
import { parseProxyConfigFile } from './config-file.ts'

const refusal = (...args: readonly string[]) => {
  try {
    parseProxyArgs(args)
    return undefined
  } catch (error) {
    if (error instanceof ProxyFlagError) return error.message
    throw error
  }
}

describe('flags', () => {
  it('are refused in the words of kube-proxy', () => {
    expect(refusal('--iptables-masquerade-bit=32')).toBe(
      'failed validate: KubeProxyConfiguration.KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: 32: must be within the range [0, 31]',
    )
    expect(refusal('--iptables-min-sync-period=1m')).toBe(
      'failed validate: KubeProxyConfiguration.SyncPeriod: Invalid value: "1m0s": must be greater than or equal to KubeProxyConfiguration.MinSyncPeriod',
    )
    expect(refusal('--detect-local-mode=BridgeInterface')).toBe(
      'failed validate: KubeProxyConfiguration.DetectLocalConfiguration.InterfaceName: Invalid value: "": must not be empty',
    )
    expect(refusal('--nodeport-addresses=10.0.0.1')).toBe(
      'failed validate: KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: "10.0.0.1": must be a valid CIDR',
    )
    expect(refusal('--cluster-cidr=10.0.0.0/8,10.1.0.0/16')).toContain('must be a either a single CIDR or dual-stack pair')
    expect(refusal('--iptables-sync-period=30')).toBe(
      'invalid argument "30" for "--iptables-sync-period" flag: time: missing unit in duration "30"',
    )
    expect(refusal('--proxy-mode=userspace')).toContain('must be iptables, ipvs, nftables or blank')
  })

  it('give servers their usual ports', () => {
    const config = parseProxyArgs(['--metrics-bind-address=0.0.0.0', '--healthz-bind-address=[::]:1234'])
    expect(config.metricsBindAddress).toBe('0.0.0.0:10249')
    expect(config.healthzBindAddress).toBe('[::]:1234')
    expect(parseProxyArgs(['--healthz-port=0']).healthzBindAddress).toBe('')
  })
})

describe('the configuration file', () => {
  it('means its defaults where it says nothing, null, "" or 0', () => {
    const text = [
      'apiVersion: kubeproxy.config.k8s.io/v1alpha1',
      'kind: KubeProxyConfiguration',
      'bindAddress: 0.0.0.0',
      'clusterCIDR: 192.168.0.0/16',
      'detectLocalMode: ""',
      'mode: ""',
      'nodePortAddresses: null',
      'iptables: { masqueradeBit: null, minSyncPeriod: 0s, syncPeriod: 0s, localhostNodePorts: null }',
      'conntrack: { maxPerCore: null, tcpEstablishedTimeout: null }',
    ].join('\n')
    expect(parseProxyConfigFile(text)).toEqual(parseProxyArgs(['--cluster-cidr=192.168.0.0/16']))
  })

  it('is refused as kube-proxy refuses it', () => {
    expect(() => parseProxyConfigFile('iptables: { masqueradeBit: 40 }')).toThrow('must be within the range [0, 31]')
    expect(() => parseProxyConfigFile('iptables: { syncPeriod: soon }')).toThrow('time: invalid duration "soon"')
  })
})
