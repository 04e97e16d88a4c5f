import type { Schema } from './property.ts'

const of = (type: string) => (name: string) => ({ name, in: 'query', schema: { type, uniqueItems: true } })
const text = of('string')
const number = of('integer')
const truth = of('boolean')

/** Query parameters of lists, collections' deletions and watches (metav1.ListOptions). */
const LIST: readonly Schema[] = [
  truth('allowWatchBookmarks'),
  text('continue'),
  text('fieldSelector'),
  text('labelSelector'),
  number('limit'),
  text('resourceVersion'),
  text('resourceVersionMatch'),
  truth('sendInitialEvents'),
  number('timeoutSeconds'),
  truth('watch'),
]
const DELETE: readonly Schema[] = [
  text('dryRun'),
  number('gracePeriodSeconds'),
  truth('ignoreStoreReadErrorWithClusterBreakingPotential'),
  truth('orphanDependents'),
  text('propagationPolicy'),
]
const WRITE: readonly Schema[] = [text('dryRun'), text('fieldManager'), text('fieldValidation')]

/** What an action takes in its query, by name in order as the documents list them. */
export const ACTION_PARAMETERS: Readonly<Record<string, readonly Schema[]>> = {
  list: LIST,
  delete: DELETE,
  deletecollection: sorted([...LIST.filter((p) => p.name !== 'watch' && p.name !== 'allowWatchBookmarks'), ...DELETE]),
  patch: [...WRITE, truth('force')],
  post: WRITE,
  put: WRITE,
  get: [],
}

export const PRETTY = text('pretty')

/** A variable of the path. */
export function pathParameter(name: string): Schema {
  return { name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } }
}

const attach = [text('container'), truth('stderr'), truth('stdin'), truth('stdout'), truth('tty')]

/** Subresources that connect, and the log, by what their options kinds hold. */
export const OPTIONS: Readonly<Record<string, readonly Schema[]>> = {
  exec: [text('command'), ...attach],
  attach,
  portforward: [number('ports')],
  proxy: [text('path')],
  log: [
    text('container'),
    truth('follow'),
    truth('insecureSkipTLSVerifyBackend'),
    number('limitBytes'),
    truth('previous'),
    number('sinceSeconds'),
    text('stream'),
    number('tailLines'),
    truth('timestamps'),
  ],
}

/** Parameters by name, as the documents order those of a path. */
export function sorted(parameters: readonly Schema[]): readonly Schema[] {
  return [...parameters].sort((a, b) => ((a.name as string) < (b.name as string) ? -1 : 1))
}
