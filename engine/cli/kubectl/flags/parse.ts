import { parseGoDuration } from '../../../base/duration.ts'
import { quote } from '../values.ts'
import type { FlagSpec } from './spec.ts'

/** A mistake in the flags, in pflag's words. */
export class FlagError extends Error {}

/** What a command line said: values by long name, in the order given. */
export class FlagValues {
  private readonly specs: ReadonlyMap<string, FlagSpec>
  private readonly given = new Map<string, string[]>()

  constructor(specs: ReadonlyMap<string, FlagSpec>) {
    this.specs = specs
  }

  add(name: string, value: string): void {
    const held = this.given.get(name)
    if (held === undefined) this.given.set(name, [value])
    else held.push(value)
  }

  changed(name: string): boolean {
    return this.given.has(name)
  }

  /** Whether a verb has a flag of its own by this name, as `create rolebinding --user`, where --user is no kubeconfig user. */
  isList(name: string): boolean {
    return this.specs.get(name)?.type === 'stringArray'
  }

  /** Every flag given, by long name. */
  names(): readonly string[] {
    return [...this.given.keys()]
  }

  text(name: string): string {
    return this.given.get(name)?.at(-1) ?? this.specs.get(name)?.fallback ?? ''
  }

  bool(name: string): boolean {
    return isTrue(this.text(name) || 'false')
  }

  int(name: string): number {
    return Number(this.text(name) || '0')
  }

  /** Milliseconds. */
  duration(name: string): number {
    const value = parseGoDuration(this.text(name) || '0')
    return typeof value === 'number' ? value : 0
  }

  /** All values: comma-separated lists are taken apart for stringSlice, not for stringArray. */
  list(name: string): string[] {
    const given = this.given.get(name) ?? (this.specs.get(name)?.fallback ? [this.specs.get(name)!.fallback!] : [])
    return this.specs.get(name)?.type === 'stringArray' ? [...given] : given.flatMap((v) => (v === '' ? [] : v.split(',')))
  }
}

const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True']
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False']

function isTrue(text: string): boolean {
  return TRUE.includes(text)
}

/** Reads `args` as pflag does: flags and arguments in any order, "--" ends the flags. */
export function parseFlags(
  specs: readonly FlagSpec[],
  args: readonly string[],
): { flags: FlagValues; args: string[]; dash: number } {
  const byLong = new Map(specs.map((s) => [s.long, s]))
  const byShort = new Map(specs.flatMap((s) => (s.short === undefined ? [] : [[s.short, s] as const])))
  const flags = new FlagValues(byLong)
  const rest: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (arg === '--') return { flags, dash: rest.length, args: [...rest, ...args.slice(i + 1)] }
    if (arg.length < 2 || arg[0] !== '-') rest.push(arg)
    else if (arg.startsWith('--')) i += long(arg, args[i + 1], byLong, flags)
    else i += shorts(arg, args[i + 1], byShort, flags)
  }
  return { flags, args: rest, dash: -1 }
}

/** One --flag; returns how many further arguments it took. */
function long(arg: string, next: string | undefined, specs: ReadonlyMap<string, FlagSpec>, flags: FlagValues): number {
  const body = arg.slice(2)
  if (body === '' || body[0] === '-' || body[0] === '=') throw new FlagError(`bad flag syntax: ${arg}`)
  const at = body.indexOf('=')
  const name = at < 0 ? body : body.slice(0, at)
  const spec = specs.get(name.replaceAll('_', '-'))
  if (spec === undefined) throw new FlagError(`unknown flag: --${name}`)
  if (at >= 0) set(spec, body.slice(at + 1), flags)
  else if (spec.bare !== undefined) set(spec, spec.bare, flags)
  else if (next === undefined) throw new FlagError(`flag needs an argument: ${arg}`)
  else {
    set(spec, next, flags)
    return 1
  }
  return 0
}

/** A group of -xyz; returns how many further arguments it took. */
function shorts(arg: string, next: string | undefined, specs: ReadonlyMap<string, FlagSpec>, flags: FlagValues): number {
  for (let body = arg.slice(1); body !== ''; ) {
    const ch = body[0]!
    const spec = specs.get(ch)
    if (spec === undefined) throw new FlagError(`unknown shorthand flag: '${ch}' in -${body}`)
    if (body.length > 2 && body[1] === '=') {
      set(spec, body.slice(2), flags)
      return 0
    }
    if (spec.bare !== undefined) {
      set(spec, spec.bare, flags)
      body = body.slice(1)
    } else if (body.length > 1) {
      set(spec, body.slice(1), flags)
      return 0
    } else if (next !== undefined) {
      set(spec, next, flags)
      return 1
    } else throw new FlagError(`flag needs an argument: '${ch}' in -${body}`)
  }
  return 0
}

function set(spec: FlagSpec, value: string, flags: FlagValues): void {
  const problem = check(spec, value)
  if (problem !== undefined) {
    const name = spec.short === undefined ? `--${spec.long}` : `-${spec.short}, --${spec.long}`
    throw new FlagError(`invalid argument ${quote(value)} for "${name}" flag: ${problem}`)
  }
  flags.add(spec.long, value)
}

const LIMITS = { int: 2 ** 63, int64: 2 ** 63, int32: 2 ** 31 } as const

function check(spec: FlagSpec, value: string): string | undefined {
  switch (spec.type) {
    case 'bool':
      return TRUE.includes(value) || FALSE.includes(value)
        ? undefined
        : `strconv.ParseBool: parsing ${quote(value)}: invalid syntax`
    case 'int':
    case 'int32':
    case 'int64': {
      const n = /^[-+]?(\d+|0x[0-9a-fA-F]+|0o?[0-7]+|0b[01]+)$/.test(value) ? Number(value) : Number.NaN
      if (Number.isNaN(n)) return `strconv.ParseInt: parsing ${quote(value)}: invalid syntax`
      const limit = LIMITS[spec.type]
      return n >= limit || n < -limit ? `strconv.ParseInt: parsing ${quote(value)}: value out of range` : undefined
    }
    case 'duration': {
      const d = parseGoDuration(value)
      return typeof d === 'number' ? undefined : d.error
    }
    case 'stringToString':
      return value.split(',').every((part) => part.includes('='))
        ? undefined
        : `${value.split(',').find((p) => !p.includes('='))} must be formatted as key=value`
    default:
      return undefined
  }
}
