/** The tool's own words to its user and its exit code: never a bug of ours. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
  readonly exit: number
  /** `words` go to stderr behind the banner; `plain` ones without it. */
  readonly style: 'banner' | 'plain' | 'program'

  constructor(words: string, exit: number, style: 'banner' | 'plain' | 'program' = 'banner') {
    super(words)
    this.exit = exit
    this.style = style
  }
}

/** xtables' exit codes (include/xtables.h). */
export const OTHER_PROBLEM = 1
export const PARAMETER_PROBLEM = 2
export const VERSION_PROBLEM = 3
export const RESOURCE_PROBLEM = 4

/** Valid in the real tool, not emulated here: commands say so and exit 64. */
export class NotEmulatedError extends Error {
  override readonly name = 'NotEmulatedError'
}

/** A wrong parameter: the tool adds "Try `iptables -h'...". */
export function parameterProblem(words: string): never {
  throw new ToolError(words, PARAMETER_PROBLEM)
}

/** What went wrong while changing a table: an errno for the kernel's or libiptc's opinion, worded by the caller's backend. */
export class RuleError extends Error {
  override readonly name = 'RuleError'
  readonly errno: Errno
  /** The nft backend's words for the kernel's refusal: "RULE_APPEND", "CHAIN_DEL", or undefined when userspace refused. */
  readonly operation: string | undefined
  readonly subject: string | undefined
  /** Words that replace the errno's own. */
  readonly words: string | undefined

  constructor(errno: Errno, options: { operation?: string; subject?: string; words?: string } = {}) {
    super(`${errno} ${options.operation ?? ''}`)
    this.errno = errno
    this.operation = options.operation
    this.subject = options.subject
    this.words = options.words
  }
}

export type Errno =
  | 'ENOENT'
  | 'EINVAL'
  | 'EEXIST'
  | 'EBUSY'
  | 'EMLINK'
  | 'ELOOP'
  | 'ENOTEMPTY'
  | 'EOPNOTSUPP'
  | 'ERANGE'
  | 'E2BIG'
  | 'EPERM'
  | 'ENXIO'

/** strerror(3) of the C locale. */
export const STRERROR: Readonly<Record<Errno, string>> = {
  ENOENT: 'No such file or directory',
  EINVAL: 'Invalid argument',
  EEXIST: 'File exists',
  EBUSY: 'Device or resource busy',
  EMLINK: 'Too many links',
  ELOOP: 'Too many levels of symbolic links',
  ENOTEMPTY: 'Directory not empty',
  EOPNOTSUPP: 'Operation not supported',
  ERANGE: 'Numerical result out of range',
  E2BIG: 'Argument list too long',
  EPERM: 'Operation not permitted',
  ENXIO: 'No such device or address',
}
