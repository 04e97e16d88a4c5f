import type { Verb } from '../verb.ts'
import { COMMAND_FACTS } from './facts.data.ts'
import { type FlagSpec, type FlagType, known } from './spec.ts'

/** What pflag says of a deprecated flag that is used. */
export const DEPRECATED: Readonly<Record<string, string>> = {
  'cpu-percent': "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
  record: '--record will be removed in the future',
}

/** The flag of one line of facts.data.ts: valid, and not emulated unless the verb's own table says so. */
function fromFact(line: string): FlagSpec {
  const [long = '', short = '', type = 'string', fallback = '', bare = '', hidden = ''] = line.split('|')
  return known(long, (type === 'tristate' ? 'bool' : type === 'mapStringString' ? 'stringToString' : type) as FlagType, {
    ...(short === '' ? {} : { short }),
    ...(fallback === '' || fallback === '[]' || (type === 'bool' && fallback === 'false')
      ? {}
      : { fallback: bracketless(fallback) }),
    ...(bare === '' ? {} : { bare }),
    ...(hidden === '' ? {} : { hidden: true }),
  })
}

/** A list's default as it would be typed. */
function bracketless(fallback: string): string {
  return /^\[.*\]$/.test(fallback) ? fallback.slice(1, -1) : fallback
}

/** What the verb does with a flag, and the form that the flag really has. */
function merged(own: FlagSpec, real: FlagSpec): FlagSpec {
  const { long, type, short, fallback, bare, hidden, value } = real
  const { status, reason, suite, help } = own
  const given = {
    long,
    type,
    status,
    short,
    fallback,
    bare,
    hidden,
    value,
    reason,
    suite,
    help,
    valueOptional: real.valueOptional,
  }
  return Object.fromEntries(Object.entries(given).filter(([, held]) => held !== undefined)) as unknown as FlagSpec
}

/** A verb with every flag and subcommand that kubectl has: what its own table leaves out is valid and says that it is not emulated. */
export function whole(verb: Verb, prefix = ''): Verb {
  const name = `${prefix}${verb.name}`
  const facts = COMMAND_FACTS[name]
  if (facts === undefined) return verb
  const flags = facts.flags.map(fromFact).map((real) => {
    const own = verb.flags.find((f) => f.long === real.long)
    return own === undefined ? real : merged(own, real)
  })
  const inner = verb.verbs?.map((v) => whole(v, `${name} `)) ?? []
  const missing = Object.keys(COMMAND_FACTS).filter(
    (path) =>
      path.startsWith(`${name} `) &&
      !path.slice(name.length + 1).includes(' ') &&
      !inner.some((v) => `${name} ${v.name}` === path),
  )
  const verbs = [
    ...inner,
    ...missing.map((path) => whole({ name: path.slice(name.length + 1), short: '', flags: [], known: true }, `${name} `)),
  ]
  return {
    ...verb,
    use: facts.use,
    ...(facts.aliases === undefined ? {} : { aliases: facts.aliases }),
    flags,
    ...(verbs.length === 0 ? {} : { verbs }),
  }
}
