const PER_LINE = 16

/** print-ascii.c: hex_print and hex_and_ascii_print. */
export function hexDump(bytes: string, ascii: boolean): string {
  let out = ''
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const line = bytes.slice(at, at + PER_LINE)
    const pairs = (line.match(/[\s\S]{1,2}/g) ?? []).map((pair) => [...pair].map((c) => hex(c.charCodeAt(0))).join(''))
    const digits = pairs.map((pair) => ` ${pair}`).join('')
    const text = ascii ? `${digits.padEnd(40)}  ${line.replace(/[^\x21-\x7e]/g, '.')}` : digits
    out += `\t0x${at.toString(16).padStart(4, '0')}: ${text}\n`
  }
  return out
}

function hex(code: number): string {
  return (code & 255).toString(16).padStart(2, '0')
}

/** ascii_print: what prints, tabs and newlines as they are; a carriage return before a newline goes. */
export function asciiDump(bytes: string): string {
  return `${bytes
    .replace(/\r(?=\n)/g, '')
    .replace(/\r$/, '')
    .replace(/[^\x20-\x7e\t\n]/g, '.')}\n`
}
