import { canonicalIp, ipFamily } from '../../base/ip.ts'
import { COMMAND_RULES, OPTION_ORDER, type OptionName } from './commands.data.ts'
import { ConntrackError, ConntrackGap } from './error.ts'
import { COMMANDS, OPTIONS, OUTPUTS, STATUSES, TABLES } from './options.data.ts'
import { type ProtocolField, protocolOf, protocolOptions, tcpState } from './protocols.ts'
import type { AddressQuery, CtQuery, NatQuery } from './query.ts'

/** strtoul(3) as the tool uses it: what is no number counts as 0. */
function number(text: string): number {
  const found = /^\s*(0[xX][0-9a-fA-F]+|\d+)/.exec(text)
  return found === null ? 0 : Number(found[1])
}

/** A port: atoi(3), cut to sixteen bits. */
function port(text: string): number {
  return Number.parseInt(text, 10) & 0xffff || 0
}

/** Reads a command line as conntrack's main() does: in order, the first mistake ends it. */
class Reader {
  readonly query: CtQuery = { command: 'none', table: 'conntrack', given: new Set(), output: [], notes: [] }
  private readonly words: readonly string[]
  private at = 0

  constructor(words: readonly string[]) {
    this.words = words
  }

  read(): CtQuery {
    while (this.at < this.words.length) {
      const word = this.words[this.at++] as string
      if (word === '--') break
      if (word.startsWith('--')) this.long(word.slice(2))
      else if (word.startsWith('-') && word !== '-') this.short(word.slice(1))
    }
    this.check()
    return this.query
  }

  private short(letters: string): void {
    for (let i = 0; i < letters.length; i++) {
      const letter = letters[i] as string
      const rest = letters.slice(i + 1)
      const command = COMMANDS[letter]
      if (command !== undefined) {
        if (letter === 'R') this.load(rest === '' ? this.next(`-${letter}`) : rest)
        else this.command(command, rest !== '')
        if (letter !== 'V' && letter !== 'h') return
        continue
      }
      const option = letter.length === 1 ? OPTIONS[letter] : undefined
      if (option === undefined) throw new ConntrackError(`unknown option \`-${letter}'`)
      const [name, kind] = option
      if (kind === 'none') this.option(name, '')
      else {
        this.option(name, kind === 'next' ? this.optional() : rest === '' ? this.next(`-${letter}`) : rest)
        return
      }
    }
  }

  private long(text: string): void {
    const [typed = '', attached] = text.split(/=(.*)/s)
    const fields = protocolOptions(this.query.proto)
    const names = [...Object.keys(COMMANDS), ...Object.keys(OPTIONS), ...Object.keys(fields)].filter((n) => n.length > 1)
    const found = names.includes(typed) ? [typed] : names.filter((n) => n.startsWith(typed))
    const name = found[0]
    if (name === undefined || found.length > 1) throw new ConntrackError(`unknown option \`--${text}'`)
    const command = COMMANDS[name]
    if (command !== undefined) {
      if (command === 'load') this.load(attached ?? this.next(`--${name}`))
      else this.command(command, false)
      return
    }
    const field = fields[name]
    if (field !== undefined) {
      this.field(field, attached ?? this.next(`--${name}`), name)
      return
    }
    const [option, kind] = OPTIONS[name] as (typeof OPTIONS)[string]
    if (kind === 'none') this.option(option, '')
    else this.option(option, kind === 'next' ? this.optional() : (attached ?? this.next(`--${name}`)))
  }

  private next(option: string): string {
    const word = this.words[this.at++]
    if (word === undefined) throw new ConntrackError(`option \`${option}' requires an argument`)
    return word
  }

  /** The next word, where it is no option (get_optional_arg). */
  private optional(): string {
    const word = this.words[this.at]
    if (word === undefined || word.startsWith('-') || word.startsWith('!')) return ''
    this.at++
    return word
  }

  private load(file: string): never {
    throw file === '-' ? new ConntrackGap('-R') : new ConntrackError(`Failed to open file ${file} for reading`)
  }

  private command(name: string, attached: boolean): void {
    const { query } = this
    if (query.command !== 'none') throw new ConntrackError('Invalid commands combination')
    query.command = name
    if (name === 'version' || name === 'help' || attached) return
    const table = this.optional()
    if (table === '') return
    if (!TABLES.includes(table)) throw new ConntrackError(`unknown type \`${table}'`)
    if ((table === 'dying' || table === 'unconfirmed') && name !== 'list')
      throw new ConntrackError("Can't do that command with tables `dying' and `unconfirmed'")
    query.table = table
  }

  private option(name: OptionName, value: string): void {
    const { query } = this
    query.given.add(name)
    switch (name) {
      case 'src':
        query.src = this.address(value, 'mask-src')
        break
      case 'dst':
        query.dst = this.address(value, 'mask-dst')
        break
      case 'reply-src':
        query.replySrc = this.address(value)
        break
      case 'reply-dst':
        query.replyDst = this.address(value)
        break
      case 'protonum':
        query.proto = protocolOf(value)
        break
      case 'mask-src':
      case 'mask-dst':
        this.mask(name, value)
        break
      case 'family':
        if (value !== 'ipv4' && value !== 'ipv6') throw new ConntrackError(`\`${value}' unsupported protocol`)
        this.family(value === 'ipv4' ? 4 : 6)
        break
      case 'src-nat':
        query.srcNat = this.nat(value)
        break
      case 'dst-nat':
        query.dstNat = this.nat(value)
        break
      case 'any-nat':
        query.anyNat = this.nat(value)
        break
      case 'mark': {
        const [wanted = '', mask] = value.split('/')
        query.mark = { value: number(wanted), mask: mask === undefined ? 0xffffffff : number(mask) }
        break
      }
      case 'status':
        this.status(value)
        break
      case 'timeout':
        query.timeout = number(value)
        break
      case 'zone':
      case 'orig-zone':
      case 'reply-zone':
        query.zone = Math.max(query.zone ?? 0, number(value))
        break
      case 'event-mask':
        query.events = this.listed(value, ['ALL', 'NEW', 'UPDATES', 'DESTROY'], (w) => w.toUpperCase())
        break
      case 'output':
        query.output = [...query.output, ...this.listed(value, OUTPUTS, (w) => w.toLowerCase())]
        if (query.output.includes('labels')) query.notes.push('nfct_labelmap_new: No such file or directory')
        if (query.output.includes('save') && query.output.length > 1)
          throw new ConntrackError('cannot combine save output with any other output type, use -o save only', false)
        break
      case 'label':
      case 'label-add':
      case 'label-del':
        // There is no label map on these machines, so no label is known.
        query.notes.push('nfct_labelmap_new: No such file or directory')
        if (value !== '') throw new ConntrackError(`unknown label '${value}'`)
        break
      default:
        break
    }
  }

  private listed(value: string, known: readonly string[], spelled: (word: string) => string): string[] {
    return value.split(',').map((word) => {
      if (!known.includes(spelled(word))) throw new ConntrackError(`Bad parameter \`${word}'`)
      return spelled(word)
    })
  }

  private status(value: string): void {
    const names: string[] = []
    let unreplied = false
    for (const word of value.split(',')) {
      const name = word.toUpperCase()
      if (name === 'UNREPLIED') unreplied = true
      else if (name === 'SRC_NAT' || name === 'DST_NAT')
        this.query.notes.push(`WARNING: ignoring ${name}, use --${name.slice(0, 3).toLowerCase()}-nat instead`)
      else if (STATUSES.includes(name)) {
        if (name !== 'UNSET') names.push(name)
      } else throw new ConntrackError(`Bad parameter \`${word}'`)
    }
    if (unreplied && names.length > 0) throw new ConntrackGap('-u UNREPLIED with other bits')
    this.query.status = { names, unreplied }
  }

  private address(text: string, mask?: 'mask-src' | 'mask-dst'): AddressQuery {
    const [plain = '', length] = text.split(/\/(.*)/s)
    const address = canonicalIp(plain) ?? shortAddress(plain)
    if (address === undefined) throw new ConntrackError(`Invalid IP address \`${text}'`)
    const family = ipFamily(address) ?? 4
    this.family(family)
    const max = family === 4 ? 32 : 128
    if (length === undefined) return { address, bits: max }
    if (!/^\d+$/.test(length) || Number(length) > max) throw new ConntrackError('Invalid netmask')
    if (mask !== undefined && Number(length) < max) this.query.given.add(mask)
    return { address, bits: Number(length) }
  }

  private mask(name: 'mask-src' | 'mask-dst', text: string): void {
    const field = name === 'mask-src' ? 'src' : 'dst'
    const dotted = canonicalIp(text)
    if (dotted === undefined) throw new ConntrackError(`Invalid IP address \`${text}'`)
    const bits = dotted.includes('.')
      ? dotted.split('.').reduce((sum, byte) => sum + (Number(byte).toString(2).match(/1/g)?.length ?? 0), 0)
      : undefined
    if (bits === undefined) throw new ConntrackGap(`--${name} of IPv6`)
    this.masks[field] = bits
  }

  private readonly masks: { src?: number; dst?: number } = {}

  private family(family: 4 | 6): void {
    if (this.query.family !== undefined && this.query.family !== family) throw new ConntrackError('mismatched address family')
    this.query.family = family
  }

  private nat(text: string): NatQuery {
    if (text === '') return {}
    const colon = text.startsWith('[') ? text.indexOf(']:') + 1 || -1 : text.split(':').length === 2 ? text.indexOf(':') : -1
    const plain = (colon < 0 ? text : text.slice(0, colon)).replace(/^\[|\]$/g, '')
    const portText = colon < 0 ? undefined : text.slice(colon + 1)
    if (portText !== undefined && !/^\d+$/.test(portText)) throw new ConntrackError(`Invalid port \`${portText}'`)
    const address = plain === '' ? undefined : canonicalIp(plain)
    if (plain !== '' && address === undefined) throw new ConntrackError(`Invalid IP address \`${plain}'`)
    return { ...(address === undefined ? {} : { address }), ...(portText === undefined ? {} : { port: Number(portText) }) }
  }

  private field(field: ProtocolField, value: string, name: string): void {
    const { query } = this
    if (field === 'known') throw new ConntrackGap(`--${name}`)
    if (field === 'state') query.state = tcpState(value)
    else if (field === 'icmpType' || field === 'icmpCode' || field === 'icmpId') query[field] = port(value)
    else query[field] = port(value)
  }

  /** generic_opt_check, and what the protocol's own check wants. */
  private check(): void {
    const { query, masks } = this
    const { command, table, given } = query
    if (given.has('any-nat') && (given.has('src-nat') || given.has('dst-nat')))
      throw new ConntrackError("cannot specify `--src-nat' or `--dst-nat' with `--any-nat'")
    for (const end of ['src', 'dst'] as const) {
      const bits = masks[end]
      if (bits === undefined) continue
      const address = query[end]
      if (address === undefined) throw new ConntrackError(`Can't use --mask-${end} without --${end}`)
      query[end] = { ...address, bits }
    }
    const rule = COMMAND_RULES[table === 'expect' ? `${command} expect` : command]
    const may = rule?.may.split(' ') ?? []
    const must = rule?.must?.split(' ') ?? []
    for (const option of OPTION_ORDER) {
      if (given.has(option)) {
        // Without a command the last two slip through.
        if (!may.includes(option) && !(command === 'none' && option === 'reply-zone'))
          throw new ConntrackError(`Illegal option \`--${option}' with this command`)
      } else if (must.includes(option)) throw new ConntrackError(`You need to supply the \`--${option}' option for this command`)
    }
    if (rule?.ends !== true) return
    if (!(query.src && query.dst) && !(query.replySrc && query.replyDst)) {
      const reply = query.src === undefined && query.dst === undefined && (query.replySrc ?? query.replyDst) !== undefined
      throw new ConntrackError(`you have to specify \`--${reply ? 'reply-src' : 'src'}' and \`--${reply ? 'reply-dst' : 'dst'}'`)
    }
    this.checkProtocol()
  }

  private checkProtocol(): void {
    const { query } = this
    const fields = protocolOptions(query.proto)
    const need = (option: string) => {
      throw new ConntrackError(`You need to supply the \`--${option}' option for this command`)
    }
    if (query.proto === 47) throw new ConntrackError("you have to specify `--srckey' and `--dstkey'")
    if (query.proto === 132 && query.command !== 'get') need('orig-vtag')
    if (fields['state'] === 'state' && query.command !== 'get' && query.state === undefined) need('state')
    if (fields['state'] === 'state' && query.command === 'get' && query.state !== undefined)
      throw new ConntrackError("Illegal option `--state' with this command")
    if (fields['sport'] !== undefined) {
      const original = query.sport !== undefined && query.dport !== undefined
      const reply = query.replySport !== undefined && query.replyDport !== undefined
      if (original || reply) return
      const only = query.sport === undefined && query.dport === undefined && (query.replySport ?? query.replyDport) !== undefined
      throw new ConntrackError(
        only ? "you have to specify `--reply-src-port' and `--reply-dst-port'" : "you have to specify `--sport' and `--dport'",
      )
    }
    const v6 = fields['icmpv6-type'] !== undefined ? 'icmpv6' : 'icmp'
    if (fields[`${v6}-type`] === undefined) return
    if (query.icmpType === undefined) need(`${v6}-type`)
    if (query.icmpCode === undefined) need(`${v6}-code`)
  }
}

/** inet_aton's shorter forms: "10.1" is 10.0.0.1. */
function shortAddress(text: string): string | undefined {
  const parts = text.split('.')
  if (parts.length < 2 || parts.length > 3 || !parts.every((p) => /^\d+$/.test(p))) return undefined
  const numbers = parts.map(Number)
  const last = numbers.pop() as number
  if (numbers.some((n) => n > 255) || last >= 256 ** (4 - numbers.length)) return undefined
  const tail = Array.from(
    { length: 4 - numbers.length },
    (_, i, all = 4 - numbers.length) => (last >>> (8 * (all - 1 - i))) & 255,
  )
  return [...numbers, ...tail].join('.')
}

export function parseLine(words: readonly string[]): CtQuery {
  const reader = new Reader(words)
  try {
    return reader.read()
  } catch (error) {
    if (error instanceof ConntrackError) error.notes = reader.query.notes
    throw error
  }
}
