import { fail } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { CREATE_FLAGS, createTyped, meta, oneName } from './typed.ts'

export const createIngress: Verb = {
  name: 'ingress',
  aliases: ['ing'],
  short: 'Create an ingress with the specified name',
  use: 'NAME --rule=host/path=service:port[,tls[=secret]]  [options]',
  flags: [
    ...CREATE_FLAGS,
    flag('annotation', 'stringArray'),
    flag('class', 'string'),
    flag('default-backend', 'string'),
    flag('rule', 'stringArray'),
  ],
  run: (call) => {
    const { flags } = call
    const name = oneName(call)
    const given = flags.list('rule')
    const fallback = flags.text('default-backend')
    if (given.length === 0 && fallback === '')
      throw fail(
        'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      )
    const spec: Obj = {}
    if (flags.text('class') !== '') spec.ingressClassName = flags.text('class')
    if (fallback !== '') spec.defaultBackend = backend(fallback)
    const tls = secrets(given)
    if (tls.length > 0) spec.tls = tls
    const hosts = new Map<string, Obj[]>()
    for (const text of given) {
      const { host, path, service } = parse(text)
      const wild = path.endsWith('*')
      const entry = {
        path: wild ? path.slice(0, -1) || '/' : path,
        pathType: wild ? 'Prefix' : 'Exact',
        backend: backend(service),
      }
      hosts.set(host, [...(hosts.get(host) ?? []), entry])
    }
    if (hosts.size > 0) spec.rules = [...hosts].map(([host, paths]) => ({ ...(host === '' ? {} : { host }), http: { paths } }))
    const annotations = Object.fromEntries(
      flags.list('annotation').map((a) => [a.slice(0, a.indexOf('=')), a.slice(a.indexOf('=') + 1)]),
    )
    const metadata = { ...meta(call, name, undefined), ...(Object.keys(annotations).length > 0 ? { annotations } : {}) }
    return createTyped(
      call,
      'ingresses',
      { kind: 'Ingress', apiVersion: 'networking.k8s.io/v1', metadata, spec, status: { loadBalancer: {} } },
      'failed to create ingress',
    )
  },
}

/** host/path=service:port[,tls[=secret]] */
function parse(text: string): { host: string; path: string; service: string } {
  const [rule = ''] = text.split(',')
  const match = /^([^/=]*)(\/[^=]*)=([^:=,]+:[^:=,]+)$/.exec(rule)
  if (match === null) throw fail(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
  return { host: match[1]!, path: match[2]!, service: match[3]! }
}

function secrets(rules: readonly string[]): Obj[] {
  const bySecret = new Map<string, string[]>()
  for (const text of rules) {
    const tls = text
      .split(',')
      .slice(1)
      .find((p) => p === 'tls' || p.startsWith('tls='))
    if (tls === undefined) continue
    const secret = tls.slice(4)
    const host = parse(text).host
    const held = bySecret.get(secret) ?? []
    if (host !== '' && !held.includes(host)) held.push(host)
    bySecret.set(secret, held)
  }
  return [...bySecret].map(([secretName, hosts]) => ({
    ...(hosts.length > 0 ? { hosts } : {}),
    ...(secretName === '' ? {} : { secretName }),
  }))
}

function backend(text: string): Obj {
  const [name = '', port = ''] = text.split(':')
  if (port === '') throw fail(`default-backend should be in format servicename:serviceport`)
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } }
}
