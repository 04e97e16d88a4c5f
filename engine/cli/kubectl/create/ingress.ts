import { fail } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { CREATE_FLAGS, createTyped, meta, oneName } from './typed.ts'

/** What a rule must contain somewhere: a path, a service and its port (create_ingress.go ruleRegex, which has no anchors but these). */
const RULE = /^[\w*.-]*\/.*=[\w-]+:[\w-]+(?:,tls=?(?:[\w-]+)?)?/

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
    validate(given, flags.list('annotation'), fallback)
    const spec: Obj = {}
    if (flags.text('class') !== '') spec.ingressClassName = flags.text('class')
    if (fallback !== '') spec.defaultBackend = backend(fallback)
    const tls = tlsRules(given)
    if (tls.length > 0) spec.tls = tls
    const hosts = new Map<string, Obj[]>()
    for (const text of given) {
      const { host, path } = parse(text)
      hosts.set(host, [...(hosts.get(host) ?? []), path])
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

/** CreateIngressOptions.Validate. */
function validate(rules: readonly string[], annotations: readonly string[], fallback: string): void {
  if (fallback === '' && rules.length === 0) {
    throw fail(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    )
  }
  for (const rule of rules) {
    if (!RULE.test(rule)) throw fail(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
  }
  for (const annotation of annotations) {
    if (!annotation.includes('=')) throw fail(`annotation ${annotation} is invalid and should be in format key=[value]`)
  }
  if (fallback !== '' && fallback.split(':').length !== 2)
    throw fail('default-backend should be in format servicename:serviceport')
}

/** host/path=service:port[,tls[=secret]]: a path that ends in "*" is a prefix. */
function parse(text: string): { host: string; path: Obj } {
  const [rule = ''] = text.split(',')
  const cut = rule.indexOf('/')
  const [given = '', service = ''] = rule.slice(cut + 1).split('=')
  const path = `/${given}`
  const wild = path.endsWith('*')
  return {
    host: rule.slice(0, cut),
    path: { path: wild ? path.slice(0, -1) : path, pathType: wild ? 'Prefix' : 'Exact', backend: backend(service) },
  }
}

/** buildTLSRules: hosts by secret, each host once. */
function tlsRules(rules: readonly string[]): Obj[] {
  const out: { hosts?: string[]; secretName?: string }[] = []
  const seen = new Set<string>()
  for (const text of rules) {
    const parts = text.split(',')
    if (parts.length !== 2) continue
    const host = text.slice(0, text.indexOf('/'))
    if (seen.has(host)) continue
    seen.add(host)
    const secret = (parts[1] ?? '').split('=')[1] ?? ''
    const held = out.find((t) => (t.secretName ?? '') === secret)
    if (held !== undefined) {
      held.hosts = [...(held.hosts ?? []), host]
      continue
    }
    if (host !== '' || secret !== '')
      out.push({ ...(host === '' ? {} : { hosts: [host] }), ...(secret === '' ? {} : { secretName: secret }) })
  }
  return out
}

function backend(text: string): Obj {
  const [name = '', port = ''] = text.split(':')
  const number = /^[+-]?\d+$/.test(port) ? Number(port) : undefined
  return { service: { name, port: number === undefined ? (port === '' ? {} : { name: port }) : number === 0 ? {} : { number } } }
}
