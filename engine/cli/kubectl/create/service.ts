import { dns1123Subdomain, portName, portNumber as validPort } from '../../../api/validation/names.ts'
import { fail } from '../errors.ts'
import { type FlagSpec, flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import { type Obj, quote } from '../values.ts'
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

/** utilsnet.ParsePort and its errors, in strconv's words. */
function portNumber(text: string): number {
  const wrong = (why: string) => fail(`strconv.ParseUint: parsing ${quote(text)}: ${why}`)
  if (!/^\d+$/.test(text)) throw wrong('invalid syntax')
  const port = Number(text)
  if (port > 65535) throw wrong('value out of range')
  return port
}

function targetPort(text: string): number | string {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : undefined
  const wrong = number === undefined ? portName(text) : validPort(number)
  if (wrong.length > 0) throw fail(wrong.join(','))
  return number ?? text
}

/** --tcp=PORT[:TARGET]: named "80-8080" ("80" alone for the same). */
function tcpPorts(call: Invocation): Obj[] {
  return call.flags.list('tcp').map((text) => {
    const [first = '', target] = text.split(':')
    const port = portNumber(first)
    return {
      name: text.replaceAll(':', '-'),
      protocol: 'TCP',
      port,
      targetPort: target === undefined ? port : targetPort(target),
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
      const { flags } = call
      if (kind === 'externalname' && !flags.changed('external-name')) throw fail('required flag(s) "external-name" not set')
      const name = oneName(call)
      const clusterIP = flags.text('clusterip')
      const external = flags.text('external-name')
      if (clusterIP !== 'None' && flags.list('tcp').length === 0 && kind !== 'externalname')
        throw fail('at least one tcp port specifier must be provided')
      if (kind === 'externalname' && dns1123Subdomain(external).length > 0)
        throw fail(`invalid service external name ${external}`)
      const nodePort = kind === 'nodeport' ? flags.int('node-port') : 0
      const ports = tcpPorts(call).map((p) => (nodePort === 0 ? p : { ...p, nodePort }))
      const spec: Obj = {
        ...(ports.length > 0 ? { ports } : {}),
        selector: { app: name },
        ...(clusterIP === '' ? {} : { clusterIP }),
        type,
        ...(external === '' ? {} : { externalName: external }),
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
