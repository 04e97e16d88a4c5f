import { writeQuery } from './dry-run.ts'
import { type EditPlan, editLoop } from './edit/loop.ts'
import { throwAll } from './errors.ts'
import type { Invocation } from './invocation.ts'
import { withLastApplied } from './last-applied.ts'
import { manifestsOf } from './manifest-verbs.ts'
import { pathOf } from './mapper.ts'
import { ResultPrinter } from './print/printer.ts'

/** `kubectl create --edit`: the file's objects go through an editor first (editor.EditBeforeCreateMode). */
export async function editBeforeCreate(call: Invocation): Promise<undefined> {
  const { manifests, errors } = await manifestsOf(call, 'edit cancelled, no objects found')
  throwAll(errors)
  return editLoop(call, { objects: manifests, submit })
}

const submit: EditPlan['submit'] = (call, edited) => {
  const printer = new ResultPrinter(call)
  for (const { mapping, namespace, object } of edited) {
    const body = call.flags.bool('save-config') ? withLastApplied(object) : object
    printer.print(mapping, call.rest.post(pathOf(mapping, namespace) + writeQuery(call, 'none', true), body), 'created')
  }
}
