/** One socket as text, column by column. */
export interface Row {
  readonly netid: string
  readonly state: string
  readonly recvQ: string
  readonly sendQ: string
  readonly local: string
  readonly lport: string
  readonly peer: string
  readonly pport: string
  readonly process: string
}

const HEAD: Row = {
  netid: 'Netid',
  state: 'State',
  recvQ: 'Recv-Q',
  sendQ: 'Send-Q',
  local: 'Local Address',
  lport: 'Port',
  peer: 'Peer Address',
  pport: 'Port',
  process: 'Process',
}

/** Alignment and left delimiter of each column (ss.c, columns[]). */
const COLUMNS: readonly { readonly key: keyof Row; readonly right: boolean; readonly before: string }[] = [
  { key: 'netid', right: false, before: '' },
  { key: 'state', right: false, before: ' ' },
  { key: 'recvQ', right: false, before: ' ' },
  { key: 'sendQ', right: false, before: ' ' },
  { key: 'local', right: true, before: ' ' },
  { key: 'lport', right: false, before: '' },
  { key: 'peer', right: true, before: ' ' },
  { key: 'pport', right: false, before: '' },
  { key: 'process', right: false, before: '' },
]

/**
 * Columns as wide as their content. On a terminal the rest of the width is spread between them, as render_calc_width does.
 * The colon belongs to the address columns.
 */
export function table(
  rows: readonly Row[],
  show: { readonly netid: boolean; readonly state: boolean; readonly header: boolean },
  width?: number,
): string {
  const columns = COLUMNS.filter((c) => (c.key === 'netid' ? show.netid : c.key === 'state' ? show.state : true))
  const colon = (row: Row): Row => ({ ...row, local: `${row.local}:`, peer: `${row.peer}:` })
  const lines = [...(show.header ? [colon(HEAD)] : []), ...rows.map(colon)]
  const widths = columns.map((c, i) => Math.max(0, ...lines.map((l) => l[c.key].length + (i > 0 ? c.before.length : 0))))
  const used = widths.reduce((a, b) => a + b, 0)
  if (width !== undefined && used < width) spread(widths, columns, width - used)
  return lines
    .map((l) => {
      const cells = columns.map((c, i) => {
        const text = (i > 0 ? c.before : '') + l[c.key]
        return c.right ? text.padStart(widths[i] as number) : text.padEnd(widths[i] as number)
      })
      return `${cells.join('')}\n`
    })
    .join('')
}

/** Free columns of a terminal, evenly, to every column but those that end in a port. */
function spread(widths: number[], columns: readonly { readonly key: keyof Row }[], free: number): void {
  const share = Math.floor(free / columns.length)
  for (const [i, c] of columns.entries()) if (c.key !== 'local' && c.key !== 'peer') widths[i] = (widths[i] as number) + share
}
