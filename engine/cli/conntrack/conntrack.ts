import { type CtEntry, newTcpTrack } from '../../net/conntrack/entry.ts'
import { entryText } from '../../net/conntrack/text.ts'
import { PROTO } from '../../net/packet.ts'
import { type Command, type CommandContext, notEmulated } from '../command.ts'
import { type GetoptResult, getopt, notEmulatedOption, optionValue } from '../getopt.ts'
import { waitFor } from '../waiting.ts'
import { ConntrackError, type CtQuery, matchesQuery, queryOf } from './filter.ts'
import { CONNTRACK_FLAGS } from './flags.ts'
import { HELP } from './help.data.ts'
import { entryXml, XML_HEAD, XML_TAIL } from './xml.ts'

const VERSION = 'conntrack v1.4.7 (conntrack-tools)'
const TRY = "Try `conntrack -h' or 'conntrack --help' for more information.\n"
const COMMANDS = ['dump', 'get', 'delete', 'create', 'event', 'flush', 'count', 'stats', 'version', 'help', 'update']
const TABLES = ['conntrack', 'expect', 'dying', 'unconfirmed']

interface Run {
  readonly context: CommandContext
  readonly given: GetoptResult
  readonly query: CtQuery
  readonly table: string
  readonly output: readonly string[]
}

async function run(context: CommandContext): Promise<number> {
  const { stderr, stdout } = context
  const usage = (error: string) => {
    stderr.write(`${VERSION}: ${error}\n${TRY}`)
    return 2
  }
  // An optional value (-n, -g, -j) may stand in the next word, as long as that is no option.
  const argv = context.argv.slice(1)
  const joined: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string
    const next = argv[i + 1]
    if (/^-[ngj]$/.test(word) && next !== undefined && !next.startsWith('-')) {
      joined.push(word + next)
      i++
    } else joined.push(word)
  }
  const given = getopt(joined, CONNTRACK_FLAGS)
  if (given.error !== undefined) {
    const option = /'(-*)([^']+)'/.exec(given.error)
    if (/requires an argument/.test(given.error))
      return usage(`option \`${option?.[1] || '-'}${option?.[2]}' requires an argument`)
    return usage(`unknown option \`${option?.[1] || '-'}${option?.[2]}'`)
  }
  const command = given.options.find((o) => COMMANDS.includes(o.flag.long ?? ''))?.flag.long
  if (command === undefined || command === 'help') {
    stdout.write(HELP)
    return 0
  }
  if (command === 'version') {
    stdout.write(`${VERSION}\n`)
    return 0
  }
  const unknown = notEmulatedOption(given)
  if (unknown !== undefined) return notEmulated(context, unknown)
  const table = given.operands[0] ?? 'conntrack'
  if (!TABLES.includes(table)) return usage(`unknown type \`${table}'`)
  let query: CtQuery
  try {
    query = queryOf(given)
  } catch (error) {
    if (error instanceof ConntrackError) return usage(error.message)
    throw error
  }
  if (context.user.uid !== 0) {
    stderr.write(`${VERSION}: Operation failed: sorry, you must be root or get CAP_NET_ADMIN capability to do this\n`)
    return 1
  }
  const output = (optionValue(given, 'output') ?? '').split(',').filter((w) => w !== '')
  if (output.includes('labels')) stderr.write('nfct_labelmap_new: No such file or directory\n')
  return await perform(command, { context, given, query, table, output })
}

function perform(command: string, r: Run): number | Promise<number> {
  const { netns } = r.context.machine
  const note = (text: string) => r.context.stderr.write(`${VERSION}: ${text}\n`)
  switch (command) {
    case 'dump':
      return list(r)
    case 'get': {
      const found = select(r)[0]
      if (found === undefined) {
        note("Operation failed: such conntrack doesn't exist")
        return 1
      }
      show(r, [found], 1)
      note('1 flow entries have been shown.')
      return 0
    }
    case 'delete': {
      const found = select(r)
      for (const entry of found) {
        show(r, [entry])
        netns.conntrack.delete(entry)
      }
      note(`${found.length} flow entries have been deleted.`)
      return found.length > 0 ? 0 : 1
    }
    case 'flush':
      if (r.table === 'conntrack') netns.conntrack.flush()
      note(r.table === 'expect' ? 'expectation table has been emptied.' : 'connection tracking table has been emptied.')
      return 0
    case 'count':
      r.context.stdout.write(`${r.table === 'expect' ? 0 : netns.conntrack.list().length}\n`)
      return 0
    case 'stats':
      return stats(r)
    case 'create':
      return create(r)
    case 'event':
      return events(r)
    default:
      return notEmulated(r.context, `--${command}`)
  }
}

function select(r: Run): readonly CtEntry[] {
  return r.context.machine.netns.conntrack.list().filter((e) => matchesQuery(e, r.query))
}

function list(r: Run): number {
  const found = r.table === 'conntrack' ? select(r) : []
  if (r.table === 'conntrack') show(r, found)
  const what = r.table === 'expect' ? 'expectations have been shown.' : 'flow entries have been shown.'
  r.context.stderr.write(`${VERSION}: ${found.length} ${what}\n`)
  return 0
}

/** `more`: references beyond the ordinary one (-G holds one of its own). */
function show(r: Run, entries: readonly CtEntry[], more = 0): void {
  const { netns } = r.context.machine
  const { stdout, clock } = r.context
  const acct = netns.sysctl('net.netfilter.nf_conntrack_acct') === '1'
  const use = (e: CtEntry) => 1 + more + netns.queuedFor(e)
  if (r.output.includes('xml')) {
    stdout.write(XML_HEAD + entries.map((e) => `${entryXml(e, clock.now, use(e))}\n`).join('') + XML_TAIL)
    return
  }
  const options = { now: clock.now, acct, extended: r.output.includes('extended'), id: r.output.includes('id') }
  for (const e of entries) stdout.write(`${entryText(e, { ...options, use: use(e) })}\n`)
}

function stats(r: Run): number {
  const { netns } = r.context.machine
  const columns = Object.entries(netns.conntrack.stats)
  // Two processors; the engine counts everything on the first. "invalid" and the rest as the kernel names them.
  for (const cpu of [0, 1])
    r.context.stdout.write(`cpu=${cpu}   \t${columns.map(([k, v]) => `${k}=${cpu === 0 ? v : 0} `).join('')}\n`)
  return 0
}

function create(r: Run): number {
  const { context, query } = r
  const { netns } = context.machine
  const need = (option: string) => {
    context.stderr.write(`${VERSION}: You need to supply the \`--${option}' option for this command\n${TRY}`)
    return 2
  }
  const timeout = optionValue(r.given, 'timeout')
  if (query.src === undefined || query.dst === undefined) return need(query.src === undefined ? 'orig-src' : 'orig-dst')
  if (query.proto === undefined) return need('proto')
  if (timeout === undefined) return need('timeout')
  const tuple = { proto: query.proto, src: query.src, dst: query.dst, sport: query.sport ?? 0, dport: query.dport ?? 0 }
  const entry = netns.conntrack.create(tuple)
  if (query.proto === PROTO.tcp) {
    entry.tcp = newTcpTrack(query.state ?? 'NONE')
  }
  entry.assured = query.status.some((s) => s.toUpperCase() === 'ASSURED')
  entry.seenReply = entry.assured || query.status.some((s) => s.toUpperCase() === 'SEEN_REPLY')
  entry.mark = query.mark ?? 0
  entry.expires = context.clock.now + Number(timeout) * 1000
  entry.srcDone = true
  entry.dstDone = true
  if (!netns.conntrack.insert(entry)) {
    context.stderr.write(`${VERSION}: Operation failed: Entry already exists\n`)
    return 1
  }
  context.stderr.write(`${VERSION}: 1 flow entries have been created.\n`)
  return 0
}

/** Prints events until Ctrl-C (or `timeout`), then how many. */
async function events(r: Run): Promise<number> {
  const { context } = r
  const mask = (optionValue(r.given, 'event-mask') ?? 'NEW,UPDATES,DESTROY').toUpperCase()
  let shown = 0
  const stop = context.machine.netns.conntrack.on((event, entry) => {
    if (!mask.includes(event) && !mask.includes('ALL')) return
    if (!matchesQuery(entry, r.query)) return
    shown++
    const now = context.clock.now
    const stamp = r.output.includes('timestamp') ? `[${(now / 1000).toFixed(6)}]\t` : ''
    const extended = r.output.includes('extended')
    context.stdout.write(
      `${stamp}${`[${event}]`.padStart(9)} ${entryText(entry, { now, event: true, extended, id: r.output.includes('id') })}\n`,
    )
  })
  await waitFor(context, [], () => false)
  stop()
  context.stderr.write(`${VERSION}: ${shown} flow events have been shown.\n`)
  return 0
}

export const conntrack: Command = { name: 'conntrack', path: '/usr/sbin/conntrack', flags: CONNTRACK_FLAGS, on: 'node', run }
