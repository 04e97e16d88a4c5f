import type { ConntrackSettings } from './proxy-config.ts'

/** The sysctls that kube-proxy writes when it starts (setupConntrack of cmd/kube-proxy/app/server_linux.go). */
export function conntrackSysctls(settings: ConntrackSettings, cpus: number): readonly (readonly [string, string])[] {
  const sysctls: [string, string][] = []
  const set = (name: string, value: number) => sysctls.push([`net.netfilter.nf_conntrack_${name}`, String(value)])
  const seconds = (name: string, ms: number) => {
    if (ms > 0) set(name, Math.floor(ms / 1000))
  }
  if (settings.maxPerCore > 0) set('max', Math.max(settings.maxPerCore * cpus, settings.min))
  seconds('tcp_timeout_established', settings.tcpEstablishedTimeout)
  seconds('tcp_timeout_close_wait', settings.tcpCloseWaitTimeout)
  if (settings.tcpBeLiberal) set('tcp_be_liberal', 1)
  seconds('udp_timeout', settings.udpTimeout)
  seconds('udp_timeout_stream', settings.udpStreamTimeout)
  return sysctls
}
