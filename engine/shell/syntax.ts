/** Where bash read the input from; it names both itself and the place in its errors. */
export type SyntaxSource = 'prompt' | '-c' | { readonly script: string }

/** What bash says of input that does not parse, from what just-bash's parser found. */
export function syntaxError(text: string, found: string, source: SyntaxSource): string {
  const line = Number(/Parse error at (\d+):/.exec(found)?.[1] ?? /line (\d+):/.exec(found)?.[1] ?? 1) || 1
  const prefix =
    source === 'prompt' ? 'bash: ' : source === '-c' ? `bash: -c: line ${line}: ` : `${source.script}: line ${line}: `
  const quote = /unexpected EOF while looking for matching [`'](.)'/.exec(found)?.[1]
  const last = quote === ')' && source !== 'prompt' ? prefix.replace(/line \d+/, `line ${text.split('\n').length + 1}`) : prefix
  if (quote !== undefined) return `${last}unexpected EOF while looking for matching \`${quote}'\n`
  const near = /near unexpected token `([^']*)'/.exec(found)?.[1] ?? /got (\S+)/.exec(found)?.[1]
  if (near === undefined && /Expected redirection target/.test(found)) return unexpected(text, 'newline', prefix, line, source)
  if (near === undefined || near === 'EOF') {
    const end = source === 'prompt' ? prefix : prefix.replace(/line \d+/, `line ${text.split('\n').length + 1}`)
    return `${end}syntax error: unexpected end of file\n`
  }
  return unexpected(text, TOKENS[near] ?? near, prefix, line, source)
}

function unexpected(text: string, token: string, prefix: string, line: number, source: SyntaxSource): string {
  const first = `${prefix}syntax error near unexpected token \`${token}'\n`
  return source === 'prompt' ? first : `${first}${prefix}\`${text.split('\n')[line - 1] ?? ''}'\n`
}

/** just-bash's token names, where they are not the token itself. */
const TOKENS: Readonly<Record<string, string>> = {
  NEWLINE: 'newline',
  SEMICOLON: ';',
  DSEMI: ';;',
  PIPE: '|',
  AND_AND: '&&',
  OR_OR: '||',
  AMP: '&',
  LPAREN: '(',
  RPAREN: ')',
  LBRACE: '{',
  RBRACE: '}',
  DONE: 'done',
  DO: 'do',
  FI: 'fi',
  THEN: 'then',
  ELSE: 'else',
  ELIF: 'elif',
  ESAC: 'esac',
}
