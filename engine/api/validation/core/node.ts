// biome-ignore-all lint/suspicious/noExplicitAny: nodes are open structures whose shape the schema checks
import { parseCidr } from '../../../base/ip.ts'
import type { KubeObject } from '../../object.ts'
import { duplicate, type FieldError, forbiddenField, invalid, required } from '../../status.ts'
import { complaints, goStruct, unsupported } from '../fields.ts'
import { labelValue, qualifiedName } from '../names.ts'
import { quantityValue } from '../pod/resources.ts'
import { EFFECTS } from '../pod/scheduling.ts'

/** validateNodeTaints; the server calls the field "metadata.taints". */
function taints(list: readonly any[]): FieldError[] {
  const out: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, t] of list.entries()) {
    const field = `metadata.taints[${i}]`
    out.push(...complaints(`${field}.key`, t.key ?? '', qualifiedName(t.key ?? '')))
    const wrong = labelValue(t.value ?? '')
    if (wrong.length > 0) out.push(invalid(`${field}.value`, t.value, wrong.join(';')))
    if (!t.effect) out.push(required(`${field}.effect`))
    else if (!EFFECTS.includes(t.effect)) out.push(unsupported(`${field}.effect`, t.effect, EFFECTS))
    const key = `${t.key} ${t.effect}`
    if (seen.has(key)) {
      const shown = goStruct({ value: '', ...t }, ['Key', 'Value', 'Effect', 'TimeAdded'])
      out.push({ ...duplicate(field, shown), detail: 'taints must be unique by key and effect pair' })
    }
    seen.add(key)
  }
  return out
}

function resources(status: any): FieldError[] {
  return ['capacity', 'allocatable'].flatMap((part) =>
    Object.entries((status?.[part] ?? {}) as Record<string, string>).flatMap(([name, value]) =>
      quantityValue(name, value, `status.${part}.${name}`),
    ),
  )
}

function podCIDRs(list: readonly string[]): FieldError[] {
  const bad = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'
  const out = list.flatMap((value, i) => (parseCidr(value) === undefined ? [invalid(`spec.podCIDRs[${i}]`, value, bad)] : []))
  const families = new Set(list.map((value) => value.includes(':')))
  if (list.length > 2 || (list.length === 2 && families.size < 2))
    out.push(invalid('spec.podCIDRs', list, 'may specify no more than one CIDR for each IP family'))
  return out
}

/** ValidateNode. */
export function validateNode(node: KubeObject): FieldError[] {
  const { spec = {}, status } = node
  return [...taints(spec.taints ?? []), ...resources(status), ...podCIDRs(spec.podCIDRs ?? [])]
}

/** ValidateNodeUpdate, after ValidateNode: taints are complained of twice, as there. */
export function validateNodeUpdate(node: KubeObject, old: KubeObject): FieldError[] {
  const { spec = {}, status } = node
  const out = [...validateNode(node), ...resources(status)]
  const [before, now]: readonly string[][] = [old.spec?.podCIDRs ?? [], spec.podCIDRs ?? []]
  const words = 'node updates may not change podCIDR except from "" to valid'
  if ((before ?? []).length > 0) {
    if (before?.length !== now?.length) out.push(forbiddenField('spec.podCIDRs', words))
    else
      for (const [i, value] of (before ?? []).entries()) if (value !== now?.[i]) out.push(forbiddenField('spec.podCIDRs', words))
  }
  if (old.spec?.providerID && old.spec.providerID !== spec.providerID)
    out.push(forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid'))
  return [...out, ...taints(spec.taints ?? [])]
}

/** A status write is validated as a change of the node. */
export function validateNodeStatus(node: KubeObject, old: KubeObject): FieldError[] {
  const out: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, a] of (node.status?.addresses ?? []).entries()) {
    const key = `${a.type} ${a.address}`
    if (seen.has(key)) out.push(duplicate(`status.addresses[${i}]`, goStruct(a, ['Type', 'Address'])))
    seen.add(key)
  }
  return [...validateNodeUpdate(node, old), ...out]
}
