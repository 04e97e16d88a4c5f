/** Splits a restore line into words as add_param_to_argv does: double quotes, and a backslash before any character inside them. */
export function splitLine(line: string): string[] {
  const words: string[] = []
  let word = ''
  let quoted = false
  let started = false
  let escaped = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string
    if (quoted) {
      if (escaped) {
        word += c
        escaped = false
        continue
      }
      if (c === '\\') {
        escaped = true
        continue
      }
      if (c === '"') {
        quoted = false
        continue
      }
      word += c
      continue
    }
    if (c === '"') {
      quoted = true
      started = true
    } else if (c === ' ' || c === '\t' || c === '\n') {
      if (word !== '' || started) words.push(word)
      word = ''
      started = false
    } else {
      word += c
      started = true
    }
  }
  // An unterminated quote runs to the end of the line, whose newline it keeps.
  if (quoted) words.push(`${word}\n`)
  else if (word !== '' || started) words.push(word)
  return words
}
