// biome-ignore-all lint/suspicious/noExplicitAny: pods and what makes them
import type { KubeObject } from '../../object.ts'
import { forbidden, invalidObject } from '../../status.ts'
import type { WriteRequest } from '../../write-context.ts'
import type { PodUnderCheck } from './checks.ts'
import { details, evaluate, type LevelVersion, policyOf, shownLevel, stricter } from './policy.ts'

/** Where a kind that makes pods keeps their template (DefaultPodSpecExtractor). */
const TEMPLATES: Readonly<Record<string, (object: KubeObject) => any>> = {
  podtemplates: (o) => o.template,
  replicationcontrollers: (o) => o.spec?.template,
  'replicasets.apps': (o) => o.spec?.template,
  'deployments.apps': (o) => o.spec?.template,
  'statefulsets.apps': (o) => o.spec?.template,
  'daemonsets.apps': (o) => o.spec?.template,
  'jobs.batch': (o) => o.spec?.template,
  'cronjobs.batch': (o) => o.spec?.jobTemplate?.spec?.template,
}

function underCheck(template: any): PodUnderCheck {
  return { annotations: template?.metadata?.annotations ?? {}, spec: template?.spec ?? {} }
}

function warn(request: WriteRequest, level: LevelVersion, pod: PodUnderCheck): void {
  const found = evaluate(level, pod)
  if (found.length > 0) request.options.warnings?.push(`would violate PodSecurity "${shownLevel(level)}": ${details(found)}`)
}

/** Only another image, or another container, is looked at again (isSignificantPodUpdate). */
function significant(pod: KubeObject, old: KubeObject): boolean {
  const images = (o: KubeObject) =>
    JSON.stringify(
      ['containers', 'initContainers', 'ephemeralContainers'].map((kind) =>
        (o.spec?.[kind] ?? []).map((c: any) => [c.name, c.image]),
      ),
    )
  return images(pod) !== images(old)
}

function checkPod(request: WriteRequest): void {
  const { context, kind, object, old, options } = request
  if (options.subresource !== undefined && options.subresource !== 'ephemeralcontainers') return
  if (old !== undefined && !significant(object, old)) return
  const namespace = context.store.get('namespaces', undefined, object.metadata.namespace ?? '')
  const { enforce, warn: warned } = policyOf(namespace?.metadata.labels).policy
  const pod = underCheck(object)
  const found = evaluate(enforce, pod)
  if (found.length > 0) {
    throw forbidden(kind, object.metadata.name ?? '', `violates PodSecurity "${shownLevel(enforce)}": ${details(found)}`)
  }
  warn(request, warned, pod)
}

/** Pods that are there already when a namespace gets stricter, one line for each way they offend. */
function existing({ context, object, options }: WriteRequest, level: LevelVersion): void {
  const offences = new Map<string, string[]>()
  for (const pod of context.store.list('pods', object.metadata.name)) {
    const reason = evaluate(level, underCheck(pod))
      .map((f) => f.reason)
      .join(', ')
    if (reason !== '') offences.set(reason, [...(offences.get(reason) ?? []), pod.metadata.name])
  }
  if (offences.size === 0) return
  const lines = [...offences].map(([reason, names]) => {
    const others = names.length === 1 ? '' : ` (and ${names.length - 1} other ${names.length === 2 ? 'pod' : 'pods'})`
    return `${[...names].sort()[0]}${others}: ${reason}`
  })
  const head = `existing pods in namespace "${object.metadata.name}" violate the new PodSecurity enforce level "${shownLevel(level)}"`
  options.warnings?.push(head, ...lines.sort())
}

function checkNamespace(request: WriteRequest): void {
  const { context, kind, object, old, options } = request
  if (options.subresource !== undefined) return
  const { policy, errors } = policyOf(object.metadata.labels)
  const before = old === undefined ? undefined : policyOf(old.metadata.labels)
  const known = before !== undefined && JSON.stringify(before.errors) === JSON.stringify(errors)
  if (errors.length > 0 && !known) throw invalidObject(kind, object.metadata.name, errors, context.minor)
  if (before === undefined) return
  const [now, then] = [policy.enforce, before.policy.enforce]
  if (now.level === 'privileged' || (now.level === then.level && now.version === then.version)) return
  if (now.version === then.version && !stricter(now.level, then.level)) return
  existing(request, now)
}

/** PodSecurity (pod-security-admission admission.go): refuses pods, warns of what makes pods, looks at a namespace's labels. */
export function podSecurity(request: WriteRequest): void {
  const { context, kind, object, options } = request
  if (kind.key === 'namespaces') checkNamespace(request)
  else if (kind.key === 'pods') checkPod(request)
  const template = TEMPLATES[kind.key]?.(object)
  if (template === undefined || options.subresource !== undefined) return
  const namespace = context.store.get('namespaces', undefined, object.metadata.namespace ?? '')
  warn(request, policyOf(namespace?.metadata.labels).policy.warn, underCheck(template))
}
