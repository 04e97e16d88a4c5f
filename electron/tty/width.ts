/** Columns that a character takes: none for combining marks, two for wide ones. */
function charWidth(code: number): number {
  if (code < 0x300) return 1
  if ((code >= 0x300 && code <= 0x36f) || (code >= 0x200b && code <= 0x200f) || (code >= 0xfe00 && code <= 0xfe0f)) return 0
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  return wide ? 2 : 1
}

/** Columns that text takes, escape sequences for colours counting nothing. */
export function textWidth(text: string): number {
  let width = 0
  for (const ch of text.replace(/\x1b\[[\d;]*m/g, '')) width += charWidth(ch.codePointAt(0) as number)
  return width
}

/** Where the cursor stands after `text` was written from the first column on. */
export function layout(text: string, columns: number): { readonly row: number; readonly column: number } {
  let row = 0
  let column = 0
  for (const ch of text.replace(/\x1b\[[\d;]*m/g, '')) {
    if (ch === '\n') {
      row++
      column = 0
      continue
    }
    const width = charWidth(ch.codePointAt(0) as number)
    if (column + width > columns) {
      row++
      column = 0
    }
    column += width
  }
  if (column >= columns) return { row: row + 1, column: 0 }
  return { row, column }
}
