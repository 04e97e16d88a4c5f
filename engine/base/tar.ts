/** A member of an archive. */
export interface TarEntry {
  /** As the archive has it: "etc/hosts", "etc/" for a folder. */
  readonly name: string
  readonly type: 'file' | 'dir' | 'symlink'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** ms. */
  readonly mtime: number
  /** Bytes, one char each. */
  readonly content: string
  /** Of a symlink. */
  readonly target: string
}

const BLOCK = 512
/** GNU tar writes whole records. */
const RECORD = 20 * BLOCK
const NAME = 100
const LONG_NAME = '././@LongLink'

const TYPES = { file: '0', symlink: '2', dir: '5' } as const

function padded(text: string, length: number): string {
  return text + '\0'.repeat(Math.max(0, length - text.length))
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`
}

/** One header block (POSIX ustar as GNU tar fills it in). */
function header(entry: Omit<TarEntry, 'type' | 'content'>, type: string, size: number): string {
  const name = padded(entry.name.slice(0, NAME), NAME)
  const numbers = octal(entry.mode & 0o7777, 8) + octal(entry.uid, 8) + octal(entry.gid, 8)
  const times = octal(size, 12) + octal(Math.floor(entry.mtime / 1000), 12)
  const link = padded(entry.target.slice(0, NAME), NAME)
  const owner = padded(entry.uid === 0 ? 'root' : '', 32) + padded(entry.gid === 0 ? 'root' : '', 32)
  const rest = `ustar  \0${owner}`
  const sum = checksum(`${name}${numbers}${times}        ${type}${link}${rest}`)
  return padded(`${name}${numbers}${times}${sum.toString(8).padStart(6, '0')}\0 ${type}${link}${rest}`, BLOCK)
}

function checksum(block: string): number {
  let sum = 0
  for (let i = 0; i < block.length; i++) sum += block.charCodeAt(i)
  return sum
}

function blocks(content: string): string {
  return padded(content, Math.ceil(content.length / BLOCK) * BLOCK)
}

/** An archive as `tar cf -` writes it. */
export function packTar(entries: readonly TarEntry[]): string {
  const parts: string[] = []
  let length = 0
  const add = (text: string) => {
    parts.push(text)
    length += text.length
  }
  for (const entry of entries) {
    if (entry.name.length > NAME) {
      const long = { name: LONG_NAME, mode: 0, uid: 0, gid: 0, mtime: 0, target: '' }
      add(header(long, 'L', entry.name.length + 1))
      add(blocks(`${entry.name}\0`))
    }
    const content = entry.type === 'file' ? entry.content : ''
    add(header(entry, TYPES[entry.type], content.length))
    add(blocks(content))
  }
  add('\0'.repeat(2 * BLOCK))
  add('\0'.repeat((RECORD - (length % RECORD)) % RECORD))
  return parts.join('')
}

function field(block: string, from: number, length: number): string {
  const text = block.slice(from, from + length)
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}

/** The members of an archive; undefined where it is none, or breaks off in the middle. */
export function unpackTar(archive: string): TarEntry[] | undefined {
  const out: TarEntry[] = []
  let longName: string | undefined
  for (let at = 0; at < archive.length; ) {
    const block = archive.slice(at, at + BLOCK)
    if (/^\0*$/.test(block)) return out
    if (block.length < BLOCK) return undefined
    const stated = Number.parseInt(field(block, 148, 8), 8)
    if (stated !== checksum(`${block.slice(0, 148)}        ${block.slice(156)}`)) return undefined
    const number = (from: number, length: number) => Number.parseInt(field(block, from, length).trim() || '0', 8)
    const size = number(124, 12)
    const content = archive.slice(at + BLOCK, at + BLOCK + size)
    if (content.length < size) return undefined
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    const kind = block[156]
    if (kind === 'L') {
      longName = field(content, 0, content.length)
      continue
    }
    const prefix = block.slice(257, 263) === 'ustar\0' ? field(block, 345, 155) : ''
    const short = field(block, 0, NAME)
    const name = longName ?? (prefix === '' ? short : `${prefix}/${short}`)
    longName = undefined
    const type = kind === '5' ? 'dir' : kind === '2' ? 'symlink' : 'file'
    // Extended headers and devices are passed over.
    if (kind !== undefined && !'\x00025'.includes(kind)) continue
    out.push({
      name,
      type,
      mode: number(100, 8),
      uid: number(108, 8),
      gid: number(116, 8),
      mtime: number(136, 12) * 1000,
      content: type === 'file' ? content : '',
      target: field(block, 157, NAME),
    })
  }
  return out
}
