import type { Dialect } from '../dialect.ts'
import { parameterProblem } from '../errors.ts'
import type { Matcher, OptionUse } from '../extension.ts'
import { parseUint, scanUint } from '../numbers.ts'
import { ICMP_TYPES, ICMPV6_TYPES, type IcmpType } from './icmp-types.data.ts'

/** "8", "3/1" (parse_icmp): libxtables shares the reading since 1.8.8, with words of its own. */
function typeNumbers(text: string, kind: string, dialect: Dialect): readonly [number, number, number] {
  if (dialect.ownIcmpWords) {
    const [type = '', ...rest] = text.split('/')
    const value = parseUint(type, 255) ?? parameterProblem(`Invalid ${kind} type \`${type}'\n`)
    if (rest.length === 0) return [value, 0, 255]
    const code = parseUint(rest.join('/'), 255) ?? parameterProblem(`Invalid ${kind} code \`${rest.join('/')}'\n`)
    return [value, code, code]
  }
  const type = scanUint(text, 255) ?? parameterProblem(`Unknown ${kind} type \`${text}'`)
  if (type.rest === '') return [type.value, 0, 255]
  if (!type.rest.startsWith('/')) return parameterProblem(`unknown character ${type.rest[0]}`)
  const code = scanUint(type.rest.slice(1), 255) ?? parameterProblem(`Unknown ${kind} code \`${text}'`)
  if (code.rest !== '') parameterProblem(`unknown character ${code.rest[0]}`)
  return [type.value, code.value, code.value]
}

function build(name: 'icmp' | 'icmp6', proto: number, option: string, types: readonly IcmpType[]): Matcher {
  const label = name === 'icmp' ? 'icmp' : 'ipv6-icmp'
  const any = name === 'icmp' ? 255 : undefined
  const nameOf = (type: number, low: number, high: number) =>
    types.find((t) => t[1] === type && t[2] === low && t[3] === high)?.[0]
  const parse = (text: string, dialect: Dialect): readonly [number, number, number] => {
    const lower = text.toLowerCase()
    const exact = types.find(([n]) => n === lower)
    const partial = exact ? [exact] : types.filter(([n]) => n.startsWith(lower))
    if (partial.length > 1)
      parameterProblem(
        `Ambiguous ${name === 'icmp' ? 'ICMP' : 'ICMPv6'} type \`${text}': \`${partial[0]?.[0]}' or \`${partial[1]?.[0]}'?`,
      )
    if (partial[0] !== undefined) return [partial[0][1], partial[0][2], partial[0][3]]
    return typeNumbers(text, name === 'icmp' ? 'ICMP' : 'ICMPv6', dialect)
  }
  return {
    name,
    families: [name === 'icmp' ? 4 : 6],
    options: [
      {
        name: option,
        arg: true,
        mandatory: true,
        invert: true,
        use: ({ draft, arg, invert, env }: OptionUse) => {
          draft['type'] = parse(arg, env.dialect) as [number, number, number]
          if (invert) draft['typeInv'] = true
        },
      },
    ],
    print: (d, env) => {
      const [type, low, high] = d['type'] as readonly [number, number, number]
      const found = env.numeric ? undefined : nameOf(type, low, high)
      if (found !== undefined) return `${label} ${d['typeInv'] ? '!' : ''}${found}`
      const head = `${d['typeInv'] ? `${label} !type` : `${label}type`} ${type}`
      return low === high ? `${head} code ${low}` : low === 0 && high === 255 ? head : `${head} codes ${low}-${high}`
    },
    save: (d) => {
      const [type, low, high] = d['type'] as readonly [number, number, number]
      const text = type === any ? 'any' : low === high ? `${type}/${low}` : `${type}`
      return `${d['typeInv'] ? ' !' : ''} --${option} ${text}`
    },
    refuse: (_, { rule }) => (rule.filter.proto === proto && !rule.filter.protoInv ? undefined : 'EINVAL'),
    matches: (d, { packet }) => {
      if (packet.proto !== proto || packet.icmp === undefined) return false
      const [type, low, high] = d['type'] as readonly [number, number, number]
      const hit = type === any || (packet.icmp.type === type && packet.icmp.code >= low && packet.icmp.code <= high)
      return hit !== (d['typeInv'] === true)
    },
  }
}

/** libipt_icmp.c */
export const icmp: Matcher = build('icmp', 1, 'icmp-type', ICMP_TYPES)

/** libip6t_icmp6.c */
export const icmp6: Matcher = build('icmp6', 58, 'icmpv6-type', ICMPV6_TYPES)
