import type { Packet } from '../packet.ts'
import type { Found, IndexNode } from './compiled.ts'
import type { ExtensionData, Rule } from './rule.ts'

/** Chains shorter than this are walked rule by rule; so are groups that an index leaves. */
const CHAIN = 24
const GROUP = 8

/** Matches that change nothing and draw nothing: a rule may be passed over although they stand before the one that fails. */
const PURE = new Set(['comment', 'mark', 'conntrack', 'state', 'addrtype', 'tcp', 'udp'])

type Field = 'dst' | 'dport' | 'src'
const FIELDS: readonly Field[] = ['dst', 'dport', 'src']

/** The one host an address stands for, unless inverted. */
export function oneHost(address: string | undefined, invert: boolean | undefined): string | undefined {
  if (address === undefined || invert) return undefined
  if (address.endsWith('/32') && !address.includes(':')) return address.slice(0, -3)
  return address.endsWith('/128') ? address.slice(0, -4) : undefined
}

/** Whether a match changes nothing and draws nothing. */
export function isPure(match: string): boolean {
  return PURE.has(match)
}

/** The one destination port that is all a tcp or udp match asks for. */
export function onlyPort(data: ExtensionData): number | undefined {
  if (data.ext !== 'tcp' && data.ext !== 'udp') return undefined
  const range = data['dport'] as readonly [number, number] | undefined
  if (range === undefined || range[0] !== range[1] || data['dportInv'] === true) return undefined
  for (const option in data) if (option !== 'ext' && option !== 'dport') return undefined
  return range[0]
}

/** The one destination port without which the rule cannot match, with its protocol. */
function portKey({ matches }: Rule): number | undefined {
  for (const data of matches) {
    if (!PURE.has(data.ext)) return undefined
    const port = onlyPort(data)
    if (port !== undefined) return ((data.ext === 'tcp' ? 6 : 17) << 16) | port
  }
  return undefined
}

function keyOf(rule: Rule, field: Field): string | number | undefined {
  if (field === 'dport') return portKey(rule)
  return field === 'dst' ? oneHost(rule.filter.dst, rule.filter.dstInv) : oneHost(rule.filter.src, rule.filter.srcInv)
}

function sort(rules: readonly Rule[], positions: readonly number[], fields: readonly Field[], least: number): Found {
  if (positions.length < least || fields.length === 0) return positions
  const maps: Partial<Record<Field, Map<string | number, number[]>>> = {}
  const others: number[] = []
  for (const at of positions) {
    let key: string | number | undefined
    for (const field of fields) {
      key = keyOf(rules[at] as Rule, field)
      if (key === undefined) continue
      maps[field] ??= new Map()
      const group = maps[field].get(key)
      if (group === undefined) maps[field].set(key, [at])
      else group.push(at)
      break
    }
    if (key === undefined) others.push(at)
  }
  const deeper = (field: Field) => {
    const map = maps[field] as Map<string | number, Found> | undefined
    if (map === undefined) return undefined
    const rest = fields.filter((other) => other !== field)
    for (const [key, group] of map)
      if ((group as number[]).length >= GROUP) map.set(key, sort(rules, group as number[], rest, GROUP))
    return map as unknown as ReadonlyMap<never, Found>
  }
  return { dst: deeper('dst'), dport: deeper('dport'), src: deeper('src'), others }
}

/** Sorts a long chain's rules by what they ask for exactly; undefined where it is not worth it. */
export function indexRules(rules: readonly Rule[]): IndexNode | undefined {
  if (rules.length < CHAIN) return undefined
  const all = rules.map((_, at) => at)
  return sort(rules, all, FIELDS, CHAIN) as IndexNode
}

function isGroup(found: Found): found is readonly number[] {
  return Array.isArray(found)
}

/** Adds the groups of rules that could match a packet. */
function gather(found: Found | undefined, packet: Packet, into: (readonly number[])[]): void {
  if (found === undefined) return
  if (isGroup(found)) {
    if (found.length > 0) into.push(found)
    return
  }
  if (found.others.length > 0) into.push(found.others)
  if (found.dst !== undefined) gather(found.dst.get(packet.dst), packet, into)
  if (found.dport !== undefined && packet.dport !== undefined)
    gather(found.dport.get((packet.proto << 16) | packet.dport), packet, into)
  if (found.src !== undefined) gather(found.src.get(packet.src), packet, into)
}

/** The groups of positions, each ascending, whose rules could match a packet. */
export function groupsFor(index: IndexNode, packet: Packet): (readonly number[])[] {
  const groups: (readonly number[])[] = []
  gather(index, packet, groups)
  return groups
}

/** Which group has the lowest position next; -1 when all are through. */
export function lowest(groups: readonly (readonly number[])[], next: readonly number[]): number {
  let least = -1
  let position = Number.POSITIVE_INFINITY
  for (let g = 0; g < groups.length; g++) {
    const candidate = groups[g]?.[next[g] as number]
    if (candidate === undefined || candidate >= position) continue
    position = candidate
    least = g
  }
  return least
}

/** The place of the first position from `at` on. */
export function firstFrom(group: readonly number[], at: number): number {
  if (at === 0) return 0
  let low = 0
  let high = group.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((group[middle] as number) < at) low = middle + 1
    else high = middle
  }
  return low
}
