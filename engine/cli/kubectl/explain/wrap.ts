const SPACE = /\s/
const NO_BREAK = '\u00a0'

/** Breaks text at spaces before `limit` columns, lines of its own kept (mitchellh/go-wordwrap). */
export function wordWrap(text: string, limit: number): string {
  let out = ''
  let current = 0
  let word = ''
  let space = ''
  for (const ch of text) {
    if (ch === '\n') {
      if (word !== '' || current + space.length <= limit) out += space
      out += `${word}\n`
      current = 0
      word = ''
      space = ''
    } else if (SPACE.test(ch) && ch !== NO_BREAK) {
      if (space === '' || word !== '') {
        current += space.length + word.length
        out += space + word
        space = ''
        word = ''
      }
      space += ch
    } else {
      word += ch
      if (current + word.length + space.length > limit && word.length < limit) {
        out += '\n'
        current = 0
        space = ''
      }
    }
  }
  if (word !== '') return out + space + word
  return current + space.length <= limit ? out + space : out
}

/** Every line behind `amount` spaces, empty ones too. */
export function indented(text: string, amount: number): string {
  const pad = ' '.repeat(amount)
  return pad + text.replaceAll('\n', `\n${pad}`)
}
