import { TABLE_LAYOUT, TabWriter } from '../../../base/tabwriter.ts'
import { fail, silentExit } from '../errors.ts'
import { ALL_NAMESPACES } from '../flags/groups.ts'
import { flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { goList, ruleRows } from './rules.ts'

const RESOURCE_VERBS =
  'get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest'.split(' ')
const URL_VERBS = 'get put post head options delete patch *'.split(' ')
/** Resources of rules that discovery does not know. */
const UNDISCOVERED = ['users', 'groups']
const REVIEWS = '/apis/authorization.k8s.io/v1'

export const canI: Verb = {
  name: 'can-i',
  short: 'Check whether an action is allowed',
  use: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]',
  flags: [
    ALL_NAMESPACES,
    flag('list', 'bool'),
    flag('no-headers', 'bool'),
    flag('quiet', 'bool', { short: 'q' }),
    flag('subresource', 'string'),
  ],
  run: (call) => (call.flags.bool('list') ? printList(call) : check(call)),
}

/** WarningPrinter.Print of a text that ends in a newline of its own. */
const warn = (call: Invocation, text: string) => call.err(`Warning: ${text}\n\n`)

/** What is asked about: the resource's group and name, as far as the server knows them. */
function resourceFor(call: Invocation, type: string): { group: string; resource: string; namespaced: boolean } {
  if (type === '*') return { group: '', resource: '*', namespaced: true }
  const found = call.mapper.find(type)
  if (found !== undefined) return found
  const [resource, ...group] = type.toLowerCase().split('.')
  if (!UNDISCOVERED.includes(type.toLowerCase()))
    warn(call, `the server doesn't have a resource type '${resource}'${group.length > 0 ? ` in group '${group.join('.')}'` : ''}`)
  return { group: '', resource: type, namespaced: true }
}

function attributes(call: Invocation): Obj {
  const { args, flags } = call
  if (args.length !== 2) {
    throw fail(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    )
  }
  const [verb = '', what = ''] = args
  const subresource = flags.text('subresource')
  const every = flags.bool('all-namespaces')
  if (what.startsWith('/')) {
    if (subresource !== '') throw fail('--subresource can not be used with NonResourceURL')
    if (!URL_VERBS.includes(verb)) warn(call, `verb '${verb}' is not a known verb`)
    return { nonResourceAttributes: { path: what, verb } }
  }
  const cut = what.indexOf('/')
  const { group, resource, namespaced } = resourceFor(call, cut < 0 ? what : what.slice(0, cut))
  if (!every) {
    if (!namespaced) warn(call, `resource '${resource}' is not namespace scoped${group === '' ? '' : ` in group '${group}'`}`)
    if (!RESOURCE_VERBS.includes(verb)) warn(call, `verb '${verb}' is not a known verb`)
  }
  const name = cut < 0 ? '' : what.slice(cut + 1)
  const given = { namespace: every ? '' : call.namespace, verb, group, resource, subresource, name }
  return { resourceAttributes: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')) }
}

function check(call: Invocation): number | undefined {
  const { flags } = call
  const spec = attributes(call)
  if (flags.bool('no-headers')) throw fail('--no-headers cannot be set without --list specified')
  const review = { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec }
  const { status = {} } = call.rest.post(`${REVIEWS}/selfsubjectaccessreviews`, review)
  if (!flags.bool('quiet')) {
    let text = status.allowed ? 'yes' : 'no'
    if (!status.allowed && status.reason) text += ` - ${status.reason}`
    if (!status.allowed && status.evaluationError) text += ` - ${status.evaluationError}`
    call.out(`${text}\n`)
  }
  if (!status.allowed) throw silentExit()
  return undefined
}

/** --list: every rule that binds the user, as rows. */
function printList(call: Invocation): undefined {
  const { flags, args } = call
  if (args.length > 0) throw fail('list option must be specified with no arguments')
  if (flags.bool('quiet') || flags.bool('all-namespaces') || flags.text('subresource') !== '')
    throw fail("list option can't be specified with neither quiet, all-namespaces nor subresource options")
  const review = {
    kind: 'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: { namespace: call.namespace },
  }
  const { status = {} } = call.rest.post(`${REVIEWS}/selfsubjectrulesreviews`, review)
  if (status.incomplete) call.err(`Warning: the list may be incomplete: ${status.evaluationError ?? ''}\n`)
  const writer = new TabWriter(TABLE_LAYOUT, true)
  if (!flags.bool('no-headers')) writer.write('Resources\tNon-Resource URLs\tResource Names\tVerbs\n')
  for (const row of ruleRows([...(status.resourceRules ?? []), ...(status.nonResourceRules ?? [])]))
    writer.write(`${row.resource}\t${goList(row.urls)}\t${goList(row.names)}\t${goList(row.verbs)}\n`)
  call.out(writer.flush())
  return undefined
}
