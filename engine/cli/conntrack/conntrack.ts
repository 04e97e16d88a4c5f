import type { CtEntry } from '../../net/conntrack/entry.ts'
import { entryText } from '../../net/conntrack/text.ts'
import { type Command, type CommandContext, notEmulated } from '../command.ts'
import { createFlow, originalOf, updateFlow } from './change.ts'
import { ConntrackError, ConntrackGap } from './error.ts'
import { followEvents } from './events.ts'
import { matchesQuery, matchesTuple } from './filter.ts'
import { CONNTRACK_FLAGS } from './flags.ts'
import { HELP } from './help.data.ts'
import { parseLine } from './parse.ts'
import type { CtQuery } from './query.ts'
import { entrySave } from './save.ts'
import { entryXml, XML_HEAD, XML_TAIL } from './xml.ts'

const VERSION = 'conntrack v1.4.7 (conntrack-tools)'
const TRY = "Try `conntrack -h' or 'conntrack --help' for more information.\n"
/** Processors that /proc/net/stat has a line for; the engine counts everything on the first. */
const CPUS = 2

interface Run {
  readonly context: CommandContext
  readonly query: CtQuery
  note(text: string): void
}

function run(context: CommandContext): number | Promise<number> {
  const { stderr } = context
  try {
    const query = parseLine(context.argv.slice(1))
    for (const line of query.notes) stderr.write(`${line}\n`)
    const note = (text: string) => stderr.write(`${VERSION}: ${text}\n`)
    if (needsRoot(query) && context.user.uid !== 0) {
      note('Operation failed: sorry, you must be root or get CAP_NET_ADMIN capability to do this')
      return 1
    }
    return perform({ context, query, note })
  } catch (error) {
    return complain(context, error)
  }
}

function complain(context: CommandContext, error: unknown): number {
  if (error instanceof ConntrackGap) return notEmulated(context, error.message)
  if (!(error instanceof ConntrackError)) throw error
  for (const line of error.notes) context.stderr.write(`${line}\n`)
  context.stderr.write(`${VERSION}: ${error.message}\n${error.parameter ? TRY : ''}`)
  return error.parameter ? 2 : 1
}

function needsRoot({ command }: CtQuery): boolean {
  return command !== 'none' && command !== 'help' && command !== 'version'
}

function perform(r: Run): number | Promise<number> {
  const { context, query, note } = r
  const { netns } = context.machine
  const { conntrack } = netns
  const program = netns.net.clock.now % 30_000
  if (query.table === 'expect') return expectations(r)
  switch (query.command) {
    case 'list':
      return list(r)
    case 'get': {
      const tuple = originalOf(query)
      if (tuple === undefined) throw new ConntrackError('Operation failed: invalid parameters', false)
      const found = conntrack.find(tuple)
      if (found === undefined) throw new ConntrackError("Operation failed: such conntrack doesn't exist", false)
      // Found by its answer: the tool itself then sees that it is not what was asked for.
      const shown = matchesTuple(found, query) ? [found] : []
      show(r, shown, 1, false)
      note(`${shown.length} flow entries have been shown.`)
      return shown.length > 0 ? 0 : 1
    }
    case 'delete': {
      const found = select(r)
      for (const entry of found) {
        show(r, [entry], 0, false)
        conntrack.delete(entry, program)
      }
      note(`${found.length} flow entries have been deleted.`)
      return found.length > 0 ? 0 : 1
    }
    case 'update':
      return update(r)
    case 'create':
    case 'add': {
      const made = createFlow(query, conntrack, context.clock.now, netns.trackSettings)
      if (made === undefined && query.command === 'create')
        throw new ConntrackError('Operation failed: Such conntrack exists, try -U to update', false)
      note(`${made === undefined ? 0 : 1} flow entries have been ${query.command === 'add' ? 'added' : 'created'}.`)
      return 0
    }
    case 'flush':
      for (const entry of conntrack.list())
        if (query.family === undefined || query.family === (entry.original.src.includes(':') ? 6 : 4))
          conntrack.delete(entry, program)
      note('connection tracking table has been emptied.')
      return 0
    case 'count':
      context.stdout.write(`${conntrack.count()}\n`)
      return 0
    case 'stats':
      return stats(r, Object.entries(conntrack.stats))
    case 'event':
      return followEvents(context, query).then((shown) => {
        note(`${shown} flow events have been shown.`)
        return 0
      })
    case 'version':
      context.stdout.write(`${VERSION}\n`)
      return 0
    default:
      if (query.proto !== undefined) return notEmulated(context, '-h -p')
      context.stdout.write(HELP)
      return 0
  }
}

/** The expect table: no helper is loaded, so it is always empty. */
function expectations(r: Run): number | Promise<number> {
  const { context, query, note } = r
  switch (query.command) {
    case 'list':
      if (query.output.includes('xml')) return notEmulated(context, '-L expect -o xml')
      note('0 expectations have been shown.')
      return 0
    case 'flush':
      note('expectation table has been emptied.')
      return 0
    case 'count':
      context.stdout.write('0\n')
      return 0
    case 'stats':
      return stats(
        r,
        ['expect_new', 'expect_create', 'expect_delete'].map((name) => [name, 0] as const),
      )
    case 'event':
      return followEvents(context, { ...query, events: [] }).then(() => {
        note('0 expectation events have been shown.')
        return 0
      })
    default:
      return notEmulated(context, `--${query.command} expect`)
  }
}

function select(r: Run): readonly CtEntry[] {
  return r.context.machine.netns.conntrack.list().filter((e) => matchesQuery(e, r.query))
}

function list(r: Run): number {
  // Nothing is between two hooks, or going, while a command runs.
  const found = r.query.table === 'conntrack' ? select(r) : []
  // The kernel filters by these bits and refuses to look for none.
  const { status } = r.query
  if (status !== undefined && !status.unreplied && status.names.length === 0)
    throw new ConntrackError('Operation failed: invalid parameters', false)
  show(r, found, 0, true)
  if (r.query.given.has('zero'))
    for (const entry of found) {
      entry.packets = [0, 0]
      entry.bytes = [0, 0]
      entry.kept = undefined
    }
  r.note(`${found.length} flow entries have been shown.`)
  return 0
}

/** `more`: references beyond the ordinary one (-G and -U hold one of their own). */
function show(r: Run, entries: readonly CtEntry[], more: number, whole: boolean, justSet = false): void {
  const { netns } = r.context.machine
  const { stdout, clock } = r.context
  const { now } = clock
  const has = (output: string) => r.query.output.includes(output)
  const use = (e: CtEntry) => 1 + more + netns.queuedFor(e)
  if (has('xml')) {
    const flows = entries.map((e) => `${entryXml(e, { now, use: use(e), stamps: has('ktimestamp') })}\n`).join('')
    stdout.write(`${whole || more > 0 ? XML_HEAD : ''}${flows}${whole ? XML_TAIL : ''}`)
    return
  }
  const options = { now, extended: has('extended'), id: has('id'), stamps: has('ktimestamp'), whole: justSet }
  for (const e of entries) stdout.write(`${has('save') ? entrySave(e, now) : entryText(e, { ...options, use: use(e) })}\n`)
}

function update(r: Run): number {
  const { netns } = r.context.machine
  const { now } = r.context.clock
  // The state, the mark and the bits are what to set, not what to look for.
  const filter: CtQuery = { ...r.query, state: undefined, mark: undefined, status: undefined }
  let updated = 0
  for (const entry of netns.conntrack.list().filter((e) => matchesQuery(e, filter))) {
    try {
      if (!updateFlow(entry, r.query, now)) continue
    } catch (error) {
      // Said by the part that asks for the change, and again by the one that lists.
      if (error instanceof ConntrackError) r.context.stderr.write(`${error.message}\n`)
      throw error
    }
    updated++
    netns.conntrack.emit('UPDATE', entry, now % 30_000)
    show(r, [entry], 1, false, r.query.timeout !== undefined)
  }
  r.note(`${updated} flow entries have been updated.`)
  return updated > 0 ? 0 : 1
}

function stats(r: Run, columns: readonly (readonly [string, number])[]): number {
  for (let cpu = 0; cpu < CPUS; cpu++)
    r.context.stdout.write(`cpu=${cpu}   \t${columns.map(([name, n]) => `${name}=${cpu === 0 ? n : 0} `).join('')}\n`)
  return 0
}

export const conntrack: Command = { name: 'conntrack', path: '/usr/sbin/conntrack', flags: CONNTRACK_FLAGS, on: 'node', run }
