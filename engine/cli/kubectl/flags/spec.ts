import type { Flag, FlagStatus } from '../../command.ts'

/** How pflag reads a flag's value. */
export type FlagType =
  | 'bool'
  | 'string'
  | 'int'
  | 'int32'
  | 'int64'
  | 'duration'
  | 'stringSlice'
  | 'stringArray'
  | 'stringToString'

/** A flag of kubectl as its table holds it. */
export interface FlagSpec extends Flag {
  readonly long: string
  readonly type: FlagType
  /** The value when the flag is absent; absent means empty, 0 or false. */
  readonly fallback?: string
  /** The value when the flag is given without one ("--dry-run", "--all"). */
  readonly bare?: string
  /** Parsed, but told of nowhere (pflag MarkDeprecated hides a flag). */
  readonly hidden?: boolean
}

type Options = Partial<Pick<FlagSpec, 'short' | 'fallback' | 'bare' | 'hidden' | 'reason' | 'suite' | 'help'>>

/** An emulated flag. */
export function flag(long: string, type: FlagType, options: Options = {}): FlagSpec {
  return build('emulated', long, type, options)
}

/** A flag that changes nothing observable here; `reason` says why. */
export function accepted(long: string, type: FlagType, reason: string, options: Options = {}): FlagSpec {
  return build('accepted', long, type, { ...options, reason })
}

/** A valid flag that is not emulated. */
export function known(long: string, type: FlagType, options: Options = {}): FlagSpec {
  return build('known', long, type, options)
}

function build(status: FlagStatus, long: string, type: FlagType, options: Options): FlagSpec {
  const bare = options.bare ?? (type === 'bool' ? 'true' : undefined)
  return {
    long,
    type,
    status,
    ...(bare === undefined ? {} : { bare }),
    ...(type === 'bool' ? {} : { value: type }),
    ...(bare !== undefined && type !== 'bool' ? { valueOptional: true } : {}),
    suite: 'modelled',
    ...options,
  }
}
