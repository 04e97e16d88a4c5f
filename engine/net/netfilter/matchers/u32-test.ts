/** Four bytes from `at`, or undefined beyond the packet's end. */
function load(bytes: string, at: number): number | undefined {
  if (at < 0 || at + 4 > bytes.length) return undefined
  const byte = (i: number) => bytes.charCodeAt(at + i)
  return ((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0
}

/** Where the words of a location lead: masks and shifts of what stands there, and "@" to what it points at. */
function valueAt(location: string, bytes: string): number | undefined {
  const words = location.split(/(<<|>>|&|@)/)
  let base = 0
  let value = load(bytes, Number(words[0]))
  for (let i = 1; i < words.length && value !== undefined; i += 2) {
    const number = Number(words[i + 1])
    if (words[i] === '&') value = (value & number) >>> 0
    else if (words[i] === '<<') value = number > 31 ? 0 : (value << number) >>> 0
    else if (words[i] === '>>') value = number > 31 ? 0 : value >>> number
    else {
      base += value
      value = load(bytes, base + number)
    }
  }
  return value
}

/** Whether all tests of an expression such as "0x6&0xff=0x1:0x5&&..." hold (u32_match_it of xt_u32.c). */
export function u32Holds(expression: string, bytes: string): boolean {
  return expression.split('&&').every((test) => {
    const equals = test.indexOf('=')
    const value = valueAt(test.slice(0, equals), bytes)
    if (value === undefined) return false
    return test
      .slice(equals + 1)
      .split(',')
      .some((range) => {
        const [low = '', high = low] = range.split(':')
        return value >= Number(low) && value <= Number(high)
      })
  })
}
