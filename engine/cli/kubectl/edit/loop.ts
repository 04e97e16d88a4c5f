import { typeOfKind } from '../../../api/schema/schema.ts'
import { yamlDocument } from '../../../base/yaml.ts'
import { applyPatch } from '../apply-patch.ts'
import { writeQuery } from '../dry-run.ts'
import { fail, KubectlError, silentExit } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { withLastApplied } from '../last-applied.ts'
import { type Manifest, manifestsOfText } from '../manifests.ts'
import { apiVersionOf, groupResource, type Mapping, pathOf } from '../mapper.ts'
import { compactJson, indentedJson } from '../print/json.ts'
import { goSyntax, ResultPrinter, withoutManagedFields } from '../print/printer.ts'
import type { Obj } from '../values.ts'
import { hasLines, header, judged, type Reason, withoutComments } from './header.ts'
import { launchEditor } from './launch.ts'
import { mergeDiff } from './merge-diff.ts'
import { content, objection } from './validate.ts'

export interface Edited {
  readonly mapping: Mapping
  readonly object: Obj
}

export interface EditPlan {
  readonly objects: readonly Edited[]
  readonly lastApplied?: boolean
  /** What becomes of the edited objects; undefined: all were taken. */
  readonly submit: (call: Invocation, edited: readonly Manifest[], results: Results) => void
}

/** What went wrong with single objects of an edit. */
export class Results {
  readonly reasons: Reason[] = []
  gone = false
  retry = false

  note(call: Invocation, error: unknown, mapping: Mapping, name: string): void {
    if (!(error instanceof Error)) throw error
    const { kind, text, reason } = judged(error, mapping, name)
    call.err(`${text}\n`)
    if (kind === 'invalid') this.reasons.push(reason)
    if (kind === 'gone') this.gone = true
    if (kind === 'retry') this.retry = true
  }
}

function shown(call: Invocation, objects: readonly Edited[]): string {
  const list = objects.map(({ object }) => withoutManagedFields(object))
  const whole = list.length === 1 ? list[0] : { apiVersion: 'v1', items: list, kind: 'List', metadata: {} }
  return call.flags.text('output') === 'json' ? `${indentedJson(whole)}\n` : yamlDocument(whole)
}

/** Edit, submit, and again while the server refuses (editor.EditOptions.Run). */
export async function editLoop(call: Invocation, plan: EditPlan): Promise<undefined> {
  const json = call.flags.text('output') === 'json'
  const { fs } = call.context.machine
  const original = shown(call, plan.objects)
  let reasons: readonly Reason[] = []
  let edited: string | undefined
  let kept = ''
  const preserve = (file: string) => {
    if (file !== '' && fs.exists(file)) call.err(`A copy of your changes has been stored to "${file}"\n`)
  }
  for (;;) {
    const top = json ? '' : header(reasons, plan.lastApplied === true)
    const before = edited
    const body = before === undefined ? original : withoutComments(before)
    const { text, file } = await launchEditor(call, top + body, json ? '.json' : '.yaml')
    if (before !== undefined && content(before) === content(text)) {
      preserve(file)
      throw fail('Edit cancelled, no valid changes were saved.')
    }
    if (kept !== '' && fs.exists(kept)) fs.remove(kept)
    edited = text
    kept = file
    const objected = objection(text)
    if (objected !== undefined) {
      reasons = [unreadable(call, plan.objects[0]!, objected)]
      continue
    }
    if (content(text) === content(original)) return cancelled(call, file, 'no changes made')
    if (!hasLines(text)) return cancelled(call, file, 'saved file was empty')
    const results = new Results()
    const read = readEdited(call, text)
    if (typeof read === 'string' && read.startsWith('the namespace from the provided object')) {
      preserve(file)
      throw fail(read)
    }
    if (typeof read === 'string') {
      reasons = [{ head: `The edited file had a syntax error: ${read}`, causes: [] }]
      continue
    }
    try {
      plan.submit(call, read, results)
    } catch (error) {
      preserve(file)
      throw error
    }
    if (results.retry) {
      call.err(`You can run \`kubectl replace -f ${file}\` to try this update again.\n`)
      throw silentExit()
    }
    if (results.gone) {
      call.err(`The edits you made on deleted resources have been saved to "${file}"\n`)
      throw silentExit()
    }
    if (results.reasons.length === 0) {
      fs.remove(file)
      return undefined
    }
    reasons = results.reasons
  }
}

function cancelled(call: Invocation, file: string, why: string): undefined {
  call.context.machine.fs.remove(file)
  call.err(`Edit cancelled, ${why}.\n`)
  return undefined
}

/** A text that kubectl itself refuses is told like an object that the server refuses. */
function unreadable(call: Invocation, { mapping, object }: Edited, why: string): Reason {
  const { name } = object.metadata
  const what = `${groupResource(mapping)} "${name}"`
  call.err(`error: ${what} is invalid\n`)
  return { head: `${what} was not valid`, causes: [`<nil>: Invalid value: "The edited file failed validation": ${why}`] }
}

/** The objects of the edited text, or why it cannot be read. */
function readEdited(call: Invocation, text: string): readonly Manifest[] | string {
  try {
    const { manifests, errors } = manifestsOfText(call, text, 'edited-file')
    return errors.length > 0 ? errors.map(plain).join(', ') : manifests
  } catch (error) {
    if (error instanceof KubectlError) return plain(error)
    throw error
  }
}

const plain = (error: Error) => error.message.replace(/^error: /, '')

/** Patches each object that was changed (visitToPatch). */
export function submitPatches(originals: readonly Edited[]): EditPlan['submit'] {
  return (call, edited, results) => {
    const printer = new ResultPrinter(call)
    for (const { mapping, object } of edited) {
      const { uid } = object.metadata ?? {}
      const original = originals.find((o) => o.object.metadata.uid === uid)?.object
      if (original === undefined)
        throw fail(`no original object found for &unstructured.Unstructured{Object:${goSyntax(object)}}`)
      const before = withoutManagedFields(original)
      if (mergeDiff(before, object) === undefined) {
        printer.print(mapping, object, 'skipped')
        continue
      }
      if (['apiVersion', 'kind'].some((k) => before[k] !== object[k]) || before.metadata.name !== object.metadata.name)
        throw fail('At least one of apiVersion, kind and name was changed')
      patchOne(call, printer, { mapping, object: before }, object, results)
    }
  }
}

function patchOne(
  call: Invocation,
  printer: ResultPrinter,
  { mapping, object: before }: Edited,
  wanted: Obj,
  results: Results,
): void {
  const known = typeOfKind(apiVersionOf(mapping), mapping.kind) !== undefined
  const edited = call.flags.bool('save-config') ? withLastApplied(wanted) : wanted
  const patch = known ? applyPatch(before, edited, before) : mergeDiff(before, edited)
  const type = known ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json'
  if (call.flags.bool('output-patch')) call.out(`Patch: ${compactJson(patch)}\n`)
  const { name, namespace } = before.metadata
  try {
    const path = pathOf(mapping, namespace, name, call.flags.text('subresource') || undefined)
    printer.print(mapping, call.rest.patch(path + writeQuery(call, 'none', true), type, patch), 'edited')
  } catch (error) {
    results.note(call, error, mapping, name)
  }
}
