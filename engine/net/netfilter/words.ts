import { banner, type Dialect } from './dialect.ts'
import {
  OTHER_PROBLEM,
  PARAMETER_PROBLEM,
  RESOURCE_PROBLEM,
  type RuleError,
  STRERROR,
  ToolError,
  VERSION_PROBLEM,
} from './errors.ts'

/** Text for stderr and the exit code. */
export interface Words {
  readonly text: string
  readonly exit: number
}

function tryHelp(program: string): string {
  return `Try \`${program} -h' or '${program} --help' for more information.\n`
}

/** libiptc's or nft_strerror's words: the errno's own where nothing better is known. */
function reason(error: RuleError): string {
  if (error.words !== undefined && error.words !== '') return error.words
  return error.errno === 'ENOENT' ? 'No chain/target/match by that name' : STRERROR[error.errno]
}

/** What iptables says of an error (xtables_exit_error, and the end of iptables_main). */
export function commandWords(error: ToolError | RuleError, program: string, d: Dialect): Words {
  if (error instanceof ToolError) {
    const head = error.style === 'banner' ? `${banner(program, d)}: ` : ''
    const text = error.message === '' ? '' : `${head}${error.message}\n`
    if (error.exit === PARAMETER_PROBLEM) return { text: text + tryHelp(program), exit: 2 }
    if (error.exit === VERSION_PROBLEM)
      return { text: `${text}Perhaps ${program} or your kernel needs to be upgraded.\n`, exit: VERSION_PROBLEM }
    return { text, exit: error.exit }
  }
  if (d.backend === 'nft' && error.operation !== undefined)
    return {
      text: `${banner(program, d)}:  ${error.operation} failed (${STRERROR[error.errno]}): ${error.subject}\n`,
      exit: RESOURCE_PROBLEM,
    }
  const words = error.operation !== undefined ? STRERROR[error.errno] : reason(error)
  const words2 = error.errno === 'ENOENT' && error.operation !== undefined ? 'No chain/target/match by that name' : words
  const hint = error.errno === 'EINVAL' ? " Run `dmesg' for more information." : ''
  return { text: `${program}: ${words2}.${hint}\n`, exit: OTHER_PROBLEM }
}

/** What iptables-restore says of an error at a line. */
export function restoreWords(error: ToolError | RuleError, program: string, d: Dialect, line: number): Words {
  if (error instanceof ToolError) {
    if (error.style === 'plain' && error.exit !== PARAMETER_PROBLEM) return { text: `${error.message}\n`, exit: error.exit }
    const head = error.style === 'banner' ? `${banner(program, d)}: ` : ''
    if (error.exit !== PARAMETER_PROBLEM) return { text: `${head}${error.message}\n`, exit: error.exit }
    return { text: `${head}${error.message}\nError occurred at line: ${line}\n${tryHelp(program)}`, exit: PARAMETER_PROBLEM }
  }
  if (d.backend === 'nft' && error.operation !== undefined)
    return {
      text: `${banner(program, d)}: \nline ${line}: ${error.operation} failed (${STRERROR[error.errno]}): ${error.subject}\n`,
      exit: RESOURCE_PROBLEM,
    }
  const named = d.backend === 'nft' && !d.restoreNamesCommitLine && error.words !== ''
  return { text: `${program}: line ${line} failed${named ? `: ${reason(error)}.` : ''}\n`, exit: OTHER_PROBLEM }
}
