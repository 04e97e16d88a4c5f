import { fail } from '../errors.ts'
import { type FlagSpec, flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { CREATE_FLAGS, createTyped, meta, oneName } from './typed.ts'

/** Ports of a generated Service: several need names, "port-N" counted from 1. */
export function servicePorts(list: readonly { port: number; protocol: string; targetPort: string }[]): Obj[] {
  return list.map(({ port, protocol, targetPort }, i) => ({
    ...(list.length > 1 ? { name: `port-${i + 1}` } : {}),
    protocol,
    port,
    targetPort: /^\d+$/.test(targetPort) ? Number(targetPort) : targetPort,
  }))
}

export function typedService(call: Invocation, name: string, namespace: string | undefined, labels: Obj, spec: Obj): Obj {
  return { kind: 'Service', apiVersion: 'v1', metadata: meta(call, name, namespace, labels), spec, status: { loadBalancer: {} } }
}

const TCP: FlagSpec = flag('tcp', 'stringSlice')

/** --tcp=PORT[:TARGET]: named "80-8080" ("80" alone for the same). */
function tcpPorts(call: Invocation): Obj[] {
  return call.flags.list('tcp').map((text) => {
    const [port = '', target = port, ...more] = text.split(':')
    const number = (what: string) => {
      const n = Number(what)
      if (!/^\d+$/.test(what) || n < 1 || n > 65535) throw fail(`invalid port number: ${what}`.replace(/^/, ''))
      return n
    }
    if (more.length > 0) throw fail(`invalid port format: ${text}`)
    const value = number(port)
    return {
      name: text.replace(':', '-'),
      protocol: 'TCP',
      port: value,
      targetPort: /^\d+$/.test(target) ? number(target) : target,
    }
  })
}

const WORDS = {
  clusterip: 'ClusterIP',
  nodeport: 'NodePort',
  loadbalancer: 'LoadBalancer',
  externalname: 'ExternalName',
} as const

function service(kind: keyof typeof WORDS, short: string, extra: readonly FlagSpec[]): Verb {
  const type = WORDS[kind]
  return {
    name: kind,
    short,
    use: 'NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none] [options]',
    flags: [...CREATE_FLAGS, TCP, ...extra],
    run: (call) => {
      const name = oneName(call)
      const { flags } = call
      const headless = kind === 'clusterip' && flags.text('clusterip') === 'None'
      const ports = tcpPorts(call)
      if (ports.length === 0 && !headless && kind !== 'externalname')
        throw fail('at least one tcp port specifier must be provided')
      if (kind === 'nodeport' && flags.int('node-port') !== 0) for (const p of ports) p.nodePort = flags.int('node-port')
      const spec: Obj = {
        ...(ports.length > 0 ? { ports } : {}),
        selector: { app: name },
        ...(flags.text('clusterip') === '' ? {} : { clusterIP: flags.text('clusterip') }),
        type,
      }
      if (kind === 'externalname') {
        if (flags.text('external-name') === '') throw fail('required flag(s) "external-name" not set')
        spec.externalName = flags.text('external-name')
      }
      return createTyped(
        call,
        'services',
        typedService(call, name, undefined, { app: name }, spec),
        `failed to create ${type} service`,
      )
    },
  }
}

export const createService: Verb = {
  name: 'service',
  aliases: ['svc'],
  short: 'Create a service using a specified subcommand',
  flags: [],
  verbs: [
    service('clusterip', 'Create a ClusterIP service', [flag('clusterip', 'string')]),
    service('externalname', 'Create an ExternalName service', [flag('external-name', 'string')]),
    service('loadbalancer', 'Create a LoadBalancer service', []),
    service('nodeport', 'Create a NodePort service', [flag('node-port', 'int')]),
  ],
}
