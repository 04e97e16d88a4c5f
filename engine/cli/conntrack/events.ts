import { entryText } from '../../net/conntrack/text.ts'
import type { CommandContext } from '../command.ts'
import { waitFor } from '../waiting.ts'
import { matchesQuery } from './filter.ts'
import type { CtQuery } from './query.ts'
import { entrySave } from './save.ts'
import { entryXml, XML_HEAD, XML_TAIL } from './xml.ts'

const SAVED = { NEW: 'I', UPDATE: 'U', DESTROY: 'D' } as const

/** `conntrack -E`: prints what happens to flows until Ctrl-C; returns how many events there were. */
export async function followEvents(context: CommandContext, q: CtQuery): Promise<number> {
  const { machine, stdout } = context
  const table = machine.netns.conntrack
  const wanted = (event: string) =>
    q.events === undefined || q.events.includes('ALL') || q.events.includes(event === 'UPDATE' ? 'UPDATES' : event)
  const has = (output: string) => q.output.includes(output)
  let shown = 0
  if (has('xml')) stdout.write(XML_HEAD)
  const stop = table.on((event, entry, byProgram) => {
    if (!wanted(event) || !matchesQuery(entry, q)) return
    shown++
    const { now } = context.clock
    const by = byProgram === undefined ? '' : ` [USERSPACE] portid=${byProgram}`
    if (has('xml')) {
      const when = has('timestamp')
      stdout.write(`${entryXml(entry, { now, event, when, stamps: has('ktimestamp'), byProgram: by !== '' })}${by}\n`)
    } else if (has('save')) stdout.write(`${entrySave(entry, now, SAVED[event])}\n`)
    else {
      const stamp = has('timestamp') ? `[${(now / 1000).toFixed(6)}]\t` : ''
      const text = entryText(entry, {
        now,
        event,
        extended: has('extended'),
        id: has('id'),
        stamps: has('ktimestamp'),
        byProgram: by !== '',
      })
      stdout.write(`${stamp}${`[${event}]`.padStart(9)} ${text}${by}\n`)
    }
  })
  // Flows end at their time although no packet comes by: the garbage collector finds them.
  while (!context.signal.aborted) {
    const next = table.nextExpiry()
    let changed = false
    const watched = { watch: (wake: () => void) => table.on(() => wake()) }
    const unwatch = table.on(() => {
      changed = true
    })
    await waitFor(context, [watched], () => changed, next)
    unwatch()
    table.collect()
  }
  stop()
  if (has('xml')) stdout.write(XML_TAIL)
  return shown
}
