import type { SimpleCommandNode } from 'just-bash'

export type Redirection = SimpleCommandNode['redirections'][number]

/** Descriptors for files while they are being opened; no script of ours or a learner's counts this high. */
const FIRST_FD = 200

const APPENDS = new Set(['>>', '&>>'])

/**
 * just-bash reports a file that cannot be opened as bash does (the command fails, the line goes on) only where a numbered descriptor
 * is opened; for plain `> FILE` the file system's error ends the whole line. So `> FILE` becomes `200> FILE >&200 200>&-`.
 */
export function opened(redirections: readonly Redirection[]): Redirection[] {
  return redirections.flatMap((each, i) => {
    const { fd, operator, target } = each
    const both = operator.startsWith('&>')
    const isFile = both || ((operator === '>' || operator === '>>' || operator === '>|') && (fd ?? 1) <= 2)
    if (!isFile || target.type !== 'Word' || each.fdVariable || isStandard(each)) return [each]
    const number = FIRST_FD + i
    const outputs = both ? [1, 2] : [fd ?? 1]
    return [
      { ...each, fd: number, operator: APPENDS.has(operator) ? ('>>' as const) : operator === '>|' ? operator : ('>' as const) },
      ...outputs.map((output) => copy(output, String(number))),
      copy(number, '-'),
    ]
  })
}

/** just-bash knows the standard files by name. */
function isStandard({ target }: Redirection): boolean {
  if (target.type !== 'Word') return false
  const [part, ...rest] = target.parts
  return rest.length === 0 && part?.type === 'Literal' && /^\/dev\/(null|std(out|err)|full|tty)$/.test(part.value)
}

function copy(fd: number, from: string): Redirection {
  return { type: 'Redirection', fd, operator: '>&', target: { type: 'Word', parts: [{ type: 'Literal', value: from }] } }
}
