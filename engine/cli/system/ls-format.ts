import { encodeUtf8 } from '../../base/utf8.ts'
import type { FsEntry } from '../../cluster/fs.ts'
import type { CommandContext } from '../command.ts'
import type { LsOptions } from './ls.ts'

export interface Row {
  readonly name: string
  readonly entry: FsEntry
  readonly links: number
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** Half a year of mean length: older (or future) files show their year (ls.c: six months = 31556952 / 2 s). */
const RECENT_MS = (31_556_952 / 2) * 1000

export function nameOf({ name, entry }: Row, options: LsOptions): string {
  if (!options.has('F')) return name
  const executable = entry.type === 'file' && (entry.mode & 0o111) !== 0
  return name + (entry.type === 'dir' ? '/' : entry.type === 'symlink' ? '@' : executable ? '*' : '')
}

/** The name in the colours of dircolors' defaults. */
export function coloured(row: Row, options: LsOptions): string {
  const { entry, name } = row
  const plain = nameOf(row, options)
  if (!options.has('color')) return plain
  const executable = entry.type === 'file' && (entry.mode & 0o111) !== 0
  const sticky = entry.type === 'dir' && (entry.mode & 0o1002) === 0o1002
  const code = sticky ? '30;42' : entry.type === 'dir' ? '01;34' : entry.type === 'symlink' ? '01;36' : executable ? '01;32' : ''
  return code === '' ? plain : `\x1b[0m\x1b[${code}m${name}\x1b[0m${plain.slice(name.length)}`
}

/** Names down the columns, as many columns as fit (ls.c calculate_columns). */
export function columns(names: readonly { readonly text: string; readonly width: number }[], width: number): string {
  if (names.length === 0) return ''
  for (let count = Math.min(names.length, Math.floor(width / 3)); count >= 1; count--) {
    const rows = Math.ceil(names.length / count)
    const used = Math.ceil(names.length / rows)
    const widths = Array.from({ length: used }, (_, column) =>
      Math.max(...names.slice(column * rows, (column + 1) * rows).map((name) => name.width)),
    )
    const total = widths.reduce((sum, each) => sum + each + 2, -2)
    if (total >= width && count > 1) continue
    let out = ''
    for (let row = 0; row < rows; row++) {
      const cells: string[] = []
      for (let column = 0; column < used; column++) {
        const name = names[column * rows + row]
        if (name === undefined) break
        const last = names[(column + 1) * rows + row] === undefined
        cells.push(last ? name.text : name.text + ' '.repeat((widths[column] as number) - name.width + 2))
      }
      out += `${cells.join('')}\n`
    }
    return out
  }
  return ''
}

export function longLines(context: CommandContext, options: LsOptions, rows: readonly Row[], total: boolean): string {
  const users = namesById(context, '/etc/passwd')
  const groups = namesById(context, '/etc/group')
  const cells = rows.map((row) => {
    const { entry, links } = row
    const target = entry.type === 'symlink' ? ` -> ${entry.target}` : ''
    return [
      modeText(entry),
      String(links),
      users.get(entry.uid) ?? String(entry.uid),
      groups.get(entry.gid) ?? String(entry.gid),
      options.has('h') ? human(sizeOf(entry)) : String(sizeOf(entry)),
      dateText(entry.mtime, context.clock.now),
      coloured(row, options) + target,
    ]
  })
  const widths = [1, 2, 3, 4].map((i) => Math.max(0, ...cells.map((line) => (line[i] as string).length)))
  const lines = cells.map(([mode, links, user, group, size, date, name]) => {
    const [l = 0, u = 0, g = 0, s = 0] = widths
    return `${mode} ${links?.padStart(l)} ${user?.padEnd(u)} ${group?.padEnd(g)} ${size?.padStart(s)} ${date} ${name}\n`
  })
  const blocks = rows.reduce((sum, { entry }) => sum + blocksOf(entry), 0)
  return (total ? `total ${options.has('h') ? human(blocks * 1024) : blocks}\n` : '') + lines.join('')
}

function namesById(context: CommandContext, path: string): ReadonlyMap<number, string> {
  const { fs } = context.machine
  const lines = fs.exists(path) ? fs.read(path).split('\n') : []
  return new Map([[0, 'root'], ...lines.map((line): [number, string] => [Number(line.split(':')[2]), line.split(':')[0] ?? ''])])
}

function modeText({ type, mode }: FsEntry): string {
  const bits = [...'rwxrwxrwx'].map((letter, i) => ((mode >> (8 - i)) & 1 ? letter : '-'))
  if (mode & 0o1000) bits[8] = bits[8] === 'x' ? 't' : 'T'
  return (type === 'dir' ? 'd' : type === 'symlink' ? 'l' : '-') + bits.join('')
}

function sizeOf(entry: FsEntry): number {
  return entry.type === 'file' ? entry.content.length : entry.type === 'symlink' ? encodeUtf8(entry.target).length : 4096
}

/** KiB on an ext4 with 4 KiB blocks. */
function blocksOf(entry: FsEntry): number {
  return entry.type === 'symlink' ? 0 : Math.ceil(sizeOf(entry) / 4096) * 4
}

function human(bytes: number): string {
  let value = bytes
  let unit = ''
  for (const next of 'KMGT') {
    if (value < 1024) break
    value /= 1024
    unit = next
  }
  if (unit === '') return String(bytes)
  return value < 10 ? `${(Math.ceil(value * 10) / 10).toFixed(1)}${unit}` : `${Math.ceil(value)}${unit}`
}

function dateText(mtime: number, now: number): string {
  const at = new Date(mtime)
  const two = (n: number) => String(n).padStart(2, '0')
  const recent = mtime <= now && now - mtime < RECENT_MS
  const day = `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)}`
  return `${day} ${recent ? `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}` : String(at.getUTCFullYear()).padStart(5)}`
}
