/** What the yaml package says of a malformed text. */
interface ParseProblem {
  readonly code: string
  readonly message: string
  readonly linePos?: readonly { readonly line: number }[]
}

/** By what went wrong: libyaml's words, and whether its scanner (which counts lines from 1) or its parser (from 0) says them. */
function words(problem: ParseProblem): { readonly text: string; readonly scanner: boolean } {
  switch (problem.code) {
    case 'TAB_AS_INDENT':
      return { text: 'found character that cannot start any token', scanner: true }
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BLOCK_IN_FLOW':
      return { text: 'mapping values are not allowed in this context', scanner: true }
    case 'MULTILINE_IMPLICIT_KEY':
    case 'KEY_OVER_1024_CHARS':
      return { text: "could not find expected ':'", scanner: true }
    case 'MISSING_CHAR':
      if (/quote/.test(problem.message)) return { text: 'found unexpected end of stream', scanner: true }
      if (/flow (sequence|collection)|\]/i.test(problem.message))
        return { text: 'did not find expected node content', scanner: false }
      return { text: "did not find expected ',' or '}'", scanner: false }
    default:
      return { text: 'did not find expected key', scanner: false }
  }
}

/** A YAML mistake as go-yaml tells it: "yaml: line 3: did not find expected key". */
export function yamlError(problem: ParseProblem): string {
  const { text, scanner } = words(problem)
  const line = (problem.linePos?.[0]?.line ?? 1) - (scanner ? 0 : 1)
  return `yaml: ${line > 0 ? `line ${line}: ` : ''}${text}`
}
