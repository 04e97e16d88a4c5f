import type { Json } from '../../base/json.ts'
import { addressOf, hostMask } from './address.ts'
import { parameterProblem } from './errors.ts'
import type { OptionType, OptionUse } from './extension.ts'
import { parseUint, scanMark, scanUint } from './numbers.ts'
import { parseProtocol } from './protocol.ts'

/** Names of TOS values (tos_symbol_names of xtoptions.c). */
export const TOS_NAMES: Readonly<Record<string, number>> = {
  'Minimize-Delay': 0x10,
  'Maximize-Throughput': 0x08,
  'Maximize-Reliability': 0x04,
  'Minimize-Cost': 0x02,
  'Normal-Service': 0x00,
}

/** syslog.h, and the spellings that xtoptions.c takes. */
const LOG_LEVELS: Readonly<Record<string, number>> = {
  emerg: 0,
  panic: 0,
  alert: 1,
  crit: 2,
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
}

type TypeOf<K extends OptionType['kind']> = Extract<OptionType, { kind: K }>
type Parsers = { readonly [K in OptionType['kind']]: (type: TypeOf<K>, use: OptionUse) => Json }

function outOfRange({ ext, option }: OptionUse, min: number, max: number | string): never {
  return parameterProblem(`${ext}: bad value for option "--${option.name}", or out of range (${min}-${max}).\n`)
}

/** "A:B" in parts, of which there may be no more than two. */
function parts(use: OptionUse): readonly string[] {
  const words = use.arg.split(':')
  if (words.length > 2) parameterProblem(`${use.ext}: Too many components for option "--${use.option.name}" (max: 2)\n`)
  return words
}

/** A service as getaddrinfo(3) finds it: a decimal number of any size is cut to 16 bits, else a name under the protocols it knows. */
function portNumber(text: string, use: OptionUse): number {
  const number = /^\s*[-+]?\d+$/.exec(text)
  if (number !== null) return Number(BigInt.asUintN(16, BigInt(text.trim())))
  const { names } = use.env
  for (const proto of text === '' ? [] : ['tcp', 'udp', 'dccp', 'udplite', 'sctp']) {
    const port = names.servicePort(text, proto)
    if (port !== undefined) return port
  }
  return parameterProblem(`Port "${text}" does not resolve to anything.\n`)
}

/** xtopt_parse_mint: each end by itself; later versions want the second no smaller than the first. */
function integerRange(type: TypeOf<'range'>, use: OptionUse): Json {
  const { max } = type
  const { ordersRanges } = use.env.dialect
  const [first = '', second] = use.arg.split(':')
  const one = (text: string, missing: number, least: number): number => {
    if (text === '') return missing
    const near = use.arg.slice(text === first ? 0 : first.length + 1)
    const scanned = scanUint(near, max)
    if (scanned === undefined || scanned.value < least) {
      const shown = ordersRanges ? least : 0
      return parameterProblem(
        `${use.ext}: bad value for option "--${use.option.name}" near "${near}", or out of range (${shown}-${type.maxText ?? max}).\n`,
      )
    }
    if (scanned.rest !== '' && !scanned.rest.startsWith(':'))
      parameterProblem(`${use.ext}: Argument to "--${use.option.name}" has unexpected characters near "${scanned.rest}".\n`)
    return scanned.value
  }
  const low = one(first, 0, 0)
  const high = second === undefined ? undefined : one(second, max, ordersRanges ? low : 0)
  parts(use)
  return [low, high ?? low]
}

/** xtopt_parse_mport */
function portRange(use: OptionUse): Json {
  const range = [0, 0xffff]
  let previous = 0
  const words = use.arg.split(':')
  for (const [at, word] of words.entries()) {
    if (at === 2) parts(use)
    if (word === '') continue
    const port = portNumber(word, use)
    if (use.env.dialect.ordersRanges && port < previous) parameterProblem(`Port range ${previous}-${port} is negative.\n`)
    previous = port
    range[at] = port
  }
  return words.length === 1 ? [range[0] as number, range[0] as number] : range
}

/** xtopt_parse_tosmask: a number, a number and a mask, or a name (whose mask is the option's own). */
function tosMask(type: TypeOf<'tosmask'>, { arg }: OptionUse): Json {
  const value = scanUint(arg, 255)
  if (value === undefined) {
    const found = Object.entries(TOS_NAMES).find(([name]) => name.toLowerCase() === arg.toLowerCase())
    return [found?.[1] ?? parameterProblem(`Symbolic name "${arg}" is unknown`), type.named]
  }
  const mask = value.rest.startsWith('/') ? scanUint(value.rest.slice(1), 255) : { value: 255, rest: value.rest }
  return mask?.rest === '' ? [value.value, mask.value] : parameterProblem(`Illegal value: "${arg}"`)
}

function mac(arg: string): Json {
  const bytes = arg.split(':')
  if (bytes.length !== 6 || !bytes.every((byte) => /^[0-9a-fA-F]{0,2}$/.test(byte)))
    parameterProblem('Invalid MAC address specified.')
  return bytes.map((byte) => byte.padStart(2, '0').toLowerCase()).join(':')
}

/** One parser a type, in the words of libxtables/xtoptions.c. */
const PARSERS: Parsers = {
  none: () => true,
  string: (type, { arg }) => {
    if (type.min !== undefined && arg.length < type.min)
      parameterProblem(`Argument must have a minimum length of ${type.min} characters\n`)
    if (type.max !== undefined && arg.length > type.max)
      parameterProblem(`Argument must have a maximum length of ${type.max} characters\n`)
    return type.size === undefined ? arg : arg.slice(0, type.size)
  },
  uint: (type, use) => {
    const min = type.min ?? 0
    const max = type.max ?? 0xffffffff
    const value = parseUint(use.arg, max)
    return value === undefined || value < min ? outOfRange(use, min, type.maxText ?? max) : value
  },
  range: integerRange,
  double: (type, use) => {
    const value = Number(use.arg)
    return use.arg.trim() === '' || Number.isNaN(value) || value < type.min || value > type.max
      ? outOfRange(use, type.min, type.max)
      : value
  },
  mark: (_, use) => {
    const mark = scanMark(use.arg)
    if (mark === 'integer')
      return parameterProblem(`${use.ext}: bad integer value for option "--${use.option.name}", or out of range.\n`)
    if (mark === 'garbage')
      return parameterProblem(`${use.ext}: trailing garbage after value for option "--${use.option.name}".\n`)
    return [mark[0], mark[1]]
  },
  port: (_, use) => portNumber(use.arg, use),
  ports: (_, use) => portRange(use),
  host: (_, { arg, env }) => addressOf(arg, env),
  hostmask: (_, use) => hostMask(use),
  protocol: (_, { arg, env }) => parseProtocol(arg, env.names, env.dialect),
  syslog: (_, { arg }) => parseUint(arg, 7) ?? LOG_LEVELS[arg] ?? parameterProblem(`log level "${arg}" unknown\n`),
  tosmask: tosMask,
  mac: (_, { arg }) => mac(arg),
}

/** The argument of an option by its type. */
export function guidedValue(use: OptionUse): Json {
  const { option } = use
  const type: OptionType = option.type ?? (option.arg ? { kind: 'string' } : { kind: 'none' })
  return (PARSERS[type.kind] as (type: OptionType, use: OptionUse) => Json)(type, use)
}
