/** Where a sort key begins and ends, and how it is compared (sort.c, struct keyfield). */
export interface SortKey {
  readonly from: { readonly field: number; readonly char: number; readonly blanks: boolean }
  readonly to?: { readonly field: number; readonly char: number; readonly blanks: boolean }
  readonly order: string
}

/** -k POS1[,POS2] as counted from zero; or what is wrong with it, in sort's words. */
export function sortKey(text: string): SortKey | string {
  const match = /^(\d*)(?:\.(\d*))?([a-zA-Z]*)(?:,(\d*)(?:\.(\d*))?([a-zA-Z]*))?(.*)$/s.exec(text)
  const [, field = '', char, order = '', endField, endChar, endOrder = '', rest = ''] = match as RegExpExecArray
  if (field === '') return `invalid number at field start: invalid count at start of ‘${text}’`
  if (Number(field) === 0) return `field number is zero: invalid field specification ‘${text}’`
  if (char === '') return `invalid number after '.': invalid count at start of ‘${text.slice(text.indexOf('.') + 1)}’`
  if (char !== undefined && Number(char) === 0) return `character offset is zero: invalid field specification ‘${text}’`
  if (endField === '') return `invalid number after ',': invalid count at start of ‘${text.slice(text.indexOf(',') + 1)}’`
  if (endField !== undefined && Number(endField) === 0) return `field number is zero: invalid field specification ‘${text}’`
  if (rest !== '' || /[^bdfghiMnRrV]/.test(order + endOrder))
    return `stray character in field spec: invalid field specification ‘${text}’`
  const from = { field: Number(field) - 1, char: Number(char ?? 1) - 1, blanks: order.includes('b') }
  const orders = (order + endOrder).replace(/b/g, '')
  if (endField === undefined) return { from, order: orders }
  return { from, to: { field: Number(endField), char: Number(endChar ?? 0), blanks: endOrder.includes('b') }, order: orders }
}

/** The bytes of a line that a key compares (sort.c, begfield and limfield). */
export function keyText(line: string, key: SortKey, tab: string | undefined): string {
  let start = skipFields(line, key.from.field, tab)
  if (key.from.blanks) start = skipBlanks(line, start)
  start = Math.min(line.length, start + key.from.char)
  const { to } = key
  if (to === undefined) return line.slice(start)
  let end: number
  if (to.char === 0) {
    end = skipFields(line, to.field, tab)
    // Up to the separator, not over it.
    if (tab !== undefined && reaches(line, to.field, tab)) end--
  } else {
    end = skipFields(line, to.field - 1, tab)
    if (to.blanks) end = skipBlanks(line, end)
    end = Math.min(line.length, end + to.char)
  }
  return line.slice(start, Math.max(start, end))
}

function reaches(line: string, fields: number, tab: string): boolean {
  return line.split(tab).length > fields
}

function skipBlanks(line: string, at: number): number {
  let i = at
  while (line[i] === ' ' || line[i] === '\t') i++
  return i
}

function skipFields(line: string, fields: number, tab: string | undefined): number {
  let at = 0
  for (let field = 0; field < fields && at < line.length; field++) {
    if (tab !== undefined) {
      const next = line.indexOf(tab, at)
      at = next < 0 ? line.length : next + 1
    } else {
      at = skipBlanks(line, at)
      while (at < line.length && line[at] !== ' ' && line[at] !== '\t') at++
    }
  }
  return at
}

/** How two keys compare under the letters of an order, before -r. */
export function compareBy(order: string, a: string, b: string): number {
  if (order.includes('n')) return numeric(a, b)
  if (order.includes('h')) return human(a, b)
  if (order.includes('f')) return bytes(upper(a), upper(b))
  return bytes(a, b)
}

export function bytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function upper(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase())
}

/** Compares decimal text of any length; what is no number is zero. */
function numeric(a: string, b: string): number {
  const [x, y] = [decimal(a), decimal(b)]
  if (x.whole !== y.whole) return x.whole < y.whole ? -1 : 1
  return x.sign < 0 || y.sign < 0 ? bytes(y.fraction, x.fraction) : bytes(x.fraction, y.fraction)
}

function decimal(text: string): { sign: number; whole: bigint; fraction: string } {
  const [, minus = '', whole = '', fraction = ''] = /^[ \t]*(-?)(\d*)(?:\.(\d*))?/.exec(text) as RegExpExecArray
  const sign = minus === '' ? 1 : -1
  return { sign, whole: BigInt(sign) * BigInt(whole === '' ? 0 : whole), fraction: fraction.replace(/0+$/, '') }
}

/** sort -h: the sign, then the suffix, then the number. */
function human(a: string, b: string): number {
  const rank = (text: string) => {
    const [, minus, number = '', suffix = ''] = /^[ \t]*(-?)(\d*(?:\.\d*)?)([kKMGTPEZY]?)/.exec(text) as RegExpExecArray
    if (!/[1-9]/.test(number)) return 0
    const power = suffix === '' ? 1 : ' KMGTPEZY'.indexOf(suffix.toUpperCase()) + 1
    return minus === '' ? power : -power
  }
  return rank(a) - rank(b) || numeric(a, b)
}
