import { DESCRIBE_LAYOUT, tabbed } from '../../../base/tabwriter.ts'
import { describeTemplate } from '../describe/template.ts'
import { Lines } from '../describe/writer.ts'
import { fail } from '../errors.ts'
import { FILENAME_FLAGS, PRINT_FLAGS, SELECTOR } from '../flags/groups.ts'
import { flag } from '../flags/spec.ts'
import { kindName } from '../mapper.ts'
import { printerFor } from '../print/printer.ts'
import type { Verb } from '../verb.ts'
import { revisionsOf, workloads } from './objects.ts'

export const history: Verb = {
  name: 'history',
  short: 'View rollout history',
  use: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  completes: 'deployment',
  flags: [...PRINT_FLAGS, ...FILENAME_FLAGS, SELECTOR, flag('revision', 'int64')],
  run: async (call) => {
    const wanted = call.flags.int('revision')
    if (wanted < 0) throw fail(`revision must be a positive integer: ${wanted}`)
    const printer = printerFor(call, 'other')
    for (const found of await workloads(call)) {
      const name = `${kindName(found.mapping)}/${found.object.metadata.name}`
      const revisions = revisionsOf(call, found, 'history')
      if (printer !== undefined) {
        const shown = wanted > 0 ? revisions.filter((r) => r.number === wanted) : revisions
        if (wanted > 0 && shown.length === 0) throw fail('unable to find the specified revision')
        for (const revision of shown) call.out(printer.print(revision.object, false))
        continue
      }
      if (wanted > 0 && revisions.length === 0) {
        call.out(`${name} with revision #${wanted}\nNo rollout history found.\n`)
        continue
      }
      if (wanted > 0) {
        const revision = revisions.find((r) => r.number === wanted)
        if (revision === undefined) throw fail(`unable to find the specified revision`)
        const out = new Lines()
        describeTemplate(out, revision.template, call.minor)
        call.out(`${name} with revision #${wanted}\n${out.done()}\n`)
        continue
      }
      const rows = revisions.map((r) => `${r.number}\t${r.cause || '<none>'}\n`).join('')
      const text =
        revisions.length === 0 ? 'No rollout history found.' : tabbed(`REVISION\tCHANGE-CAUSE\n${rows}`, DESCRIBE_LAYOUT)
      call.out(`${name} \n${text}\n`)
    }
    return undefined
  },
}
