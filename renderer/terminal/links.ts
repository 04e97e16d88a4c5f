import type { IBuffer, ILink, ILinkProvider, Terminal } from '@xterm/xterm'
import { type FoundName, findNames } from './names.ts'

/** A line as the program printed it: rows that the terminal folded are joined again. */
function logicalLine(buffer: IBuffer, row: number) {
  let first = row
  while (first > 0 && buffer.getLine(first)?.isWrapped) first--
  let text = buffer.getLine(first)?.translateToString(false) ?? ''
  let rows = 1
  while (buffer.getLine(first + rows)?.isWrapped) text += buffer.getLine(first + rows++)?.translateToString(false) ?? ''
  return { first, rows, text: text.trimEnd() }
}

function namesAt(buffer: IBuffer, row: number, nodes: readonly string[]) {
  const line = logicalLine(buffer, row)
  const above = (back: number) => (line.first - back < 0 ? undefined : buffer.getLine(line.first - back)?.translateToString(true))
  return { ...line, names: findNames(line.text, { nodes, above }) }
}

/** Makes chains, Services, Pods, nodes and addresses in the output links: underlined on hover, a card at a click. */
export function nameProvider(
  term: Terminal,
  nodes: () => readonly string[],
  onname: (name: FoundName, event: MouseEvent) => void,
): ILinkProvider {
  return {
    provideLinks(bufferRow, answer) {
      const { first, names } = namesAt(term.buffer.active, bufferRow - 1, nodes())
      const links = names.map((name): ILink => {
        const place = (position: number) => ({ x: (position % term.cols) + 1, y: first + Math.floor(position / term.cols) + 1 })
        return {
          text: name.text,
          range: { start: place(name.start), end: place(name.end - 1) },
          activate: (event) => onname(name, event),
        }
      })
      answer(links.filter((link) => link.range.start.y <= bufferRow && link.range.end.y >= bufferRow))
    },
  }
}

/** The names one can see now, each once, top to bottom. */
export function namesOnScreen(term: Terminal, nodes: readonly string[]): readonly FoundName[] {
  const buffer = term.buffer.active
  const seen = new Map<string, FoundName>()
  for (let row = buffer.viewportY; row < buffer.viewportY + term.rows; ) {
    const { first, rows, names } = namesAt(buffer, row, nodes)
    for (const name of names) {
      const key = `${name.kind} ${name.kind === 'rule' ? `${name.rule?.chain} ${name.rule?.number}` : name.text}`
      if (!seen.has(key) || (!seen.get(key)?.namespace && name.namespace)) seen.set(key, name)
    }
    row = Math.max(row + 1, first + rows)
  }
  return [...seen.values()]
}
