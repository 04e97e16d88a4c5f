/**
 * Splits a restore line into words as add_param_to_argv does: double quotes, and a backslash before any character inside them.
 * Cuts the line into slices, because a full sync of kube-proxy is 100,000 lines.
 */
export function splitLine(line: string): string[] {
  if (!line.includes('"')) return splitPlain(line)
  const words: string[] = []
  let word = ''
  let started = false
  let from = 0
  let i = 0
  const end = () => {
    if (i > from) word += line.slice(from, i)
    if (word !== '' || started) words.push(word)
    word = ''
    started = false
  }
  for (; i < line.length; i++) {
    const c = line.charCodeAt(i)
    if (c === 32 || c === 9) {
      end()
      from = i + 1
    } else if (c === 34) {
      if (i > from) word += line.slice(from, i)
      const [text, close] = quotedPart(line, i + 1)
      word += text
      // An unterminated quote runs to the end of the line, whose newline it keeps.
      if (close < 0) {
        words.push(`${word}\n`)
        return words
      }
      started = true
      i = close
      from = close + 1
    }
  }
  end()
  return words
}

function splitPlain(line: string): string[] {
  const words = (line.includes('\t') ? line.replaceAll('\t', ' ') : line).split(' ')
  return words.includes('') ? words.filter((word) => word !== '') : words
}

/** The text from `from` to the closing quote, and where that is (-1: nowhere). */
function quotedPart(line: string, from: number): readonly [string, number] {
  const plain = line.indexOf('"', from)
  const slash = line.indexOf('\\', from)
  if (plain >= 0 && (slash < 0 || slash > plain)) return [line.slice(from, plain), plain]
  let text = ''
  for (let i = from; i < line.length; i++) {
    const c = line[i] as string
    if (c === '"') return [text, i]
    if (c === '\\') i++
    text += line[i] ?? ''
  }
  return [text, -1]
}
