import type { Store } from '../api/store.ts'
import { formatResponse, httpDate, takeRequest } from '../base/http-message.ts'
import type { Clock } from '../clock/clock.ts'
import { ProxyFlagError, parseProxyArgs } from '../kube-proxy/config.ts'
import { parseProxyConfigFile } from '../kube-proxy/config-file.ts'
import { PROXY_PROGRAM, type ProxyListener } from '../kube-proxy/iptables/node-kernel.ts'
import type { KubeProxy } from '../kube-proxy/kube-proxy.ts'
import type { ProxyConfig } from '../kube-proxy/proxy-config.ts'
import type { ContainerLogs } from '../kubelet/logs.ts'
import type { Network } from '../net/network.ts'

/** kubeadm's configuration file of kube-proxy, as its ConfigMap holds it. */
function configFile(store: Store): string | undefined {
  const text = store.get('configmaps', 'kube-system', 'kube-proxy')?.data?.['config.conf']
  return typeof text === 'string' ? text : undefined
}

/**
 * How a kube-proxy process gets its settings when it starts: from the cluster's ConfigMap, where there is one. The profile's flags
 * describe the cluster as it was given, so they hold for as long as nobody has edited that file (kube-proxy itself ignores flags
 * beside --config).
 */
export function proxySettings(store: Store, proxyArgs: readonly string[]): () => ProxyConfig {
  const given = configFile(store)
  return () => {
    const text = configFile(store)
    const config =
      text === undefined
        ? parseProxyArgs(proxyArgs)
        : text === given
          ? parseProxyArgs(proxyArgs, parseProxyConfigFile(text))
          : parseProxyConfigFile(text)
    if (config.mode !== 'iptables') throw new ProxyFlagError(`mode ${config.mode} is valid, but not emulated`)
    return config
  }
}

/** Refuses a profile whose flags kube-proxy would not start with; returns why. */
export function refusedArgs(proxyArgs: readonly string[]): string | undefined {
  try {
    const { mode } = parseProxyArgs(proxyArgs)
    return mode === 'iptables' ? undefined : `${mode} is valid, but not emulated`
  } catch (error) {
    if (error instanceof ProxyFlagError) return error.message
    throw error
  }
}

/** Where the kube-proxy of a node writes its log: its pod's, if it runs as one. */
export function proxyLog(
  store: Store,
  logs: ContainerLogs,
  clock: Clock,
  node: string,
): (severity: string, message: string) => void {
  return (severity, message) => {
    const pod = store
      .list('pods', 'kube-system')
      .find((p) => p.metadata.labels?.['k8s-app'] === 'kube-proxy' && p.spec?.nodeName === node)
    if (pod === undefined) return
    // klog's header: severity, month and day, time to the microsecond, process id.
    const at = new Date(clock.now).toISOString()
    const header = `${severity}${at.slice(5, 7)}${at.slice(8, 10)} ${at.slice(11, 23)}000       1`
    logs.append('kube-system', pod.metadata.name, 'kube-proxy', `${header} ${message}\n`)
  }
}

/** Makes kube-proxy's servers known to a network: what they answer comes from the process of that node. */
export function registerProxies(network: Network, proxy: (node: string) => KubeProxy | undefined): void {
  network.registerProgram({
    name: PROXY_PROGRAM,
    data(connection, data, context) {
      const { node, site } = context.config as unknown as ProxyListener
      let buffer = (typeof connection.app === 'string' ? connection.app : '') + data
      for (let taken = takeRequest(buffer); taken !== undefined; taken = takeRequest(buffer)) {
        if (taken === 'bad') {
          connection.send(
            'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request',
          )
          return connection.close()
        }
        buffer = taken.rest
        const { request } = taken
        const reply = proxy(node)?.answer(site, request.target)
        if (reply === undefined) return connection.reset()
        const { status, body } = reply
        const headers = [
          ...reply.headers,
          ['Date', httpDate(context.now)] as const,
          ['Content-Length', String(body.length)] as const,
        ]
        connection.send(formatResponse({ status, headers, body }, request.method === 'HEAD'))
        if (request.headers.connection?.toLowerCase() === 'close' || request.version === 'HTTP/1.0') return connection.close()
      }
      connection.app = buffer
    },
  })
}
