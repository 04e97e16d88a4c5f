import { fail, throwAll } from './errors.ts'
import { FILENAME_FLAGS, PRINT_FLAGS } from './flags/groups.ts'
import { flag } from './flags/spec.ts'
import { helpText } from './help.ts'
import type { Invocation } from './invocation.ts'
import { loadManifests } from './manifests.ts'
import { pathOf } from './mapper.ts'
import { printerFor } from './print/printer.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

const RESOURCE = 'certificatesigningrequests'

interface Decision {
  readonly verb: 'approve' | 'deny'
  readonly done: string
  readonly type: 'Approved' | 'Denied'
  readonly other: 'Approved' | 'Denied'
  readonly reason: string
}

const APPROVE: Decision = { verb: 'approve', done: 'approved', type: 'Approved', other: 'Denied', reason: 'KubectlApprove' }
const DENY: Decision = { verb: 'deny', done: 'denied', type: 'Denied', other: 'Approved', reason: 'KubectlDeny' }

/** The names given, or those of the files' objects. */
async function names(call: Invocation): Promise<readonly string[]> {
  const files = call.flags.list('filename')
  if (call.args.length === 0 && files.length === 0) throw fail('one or more CSRs must be specified as <name> or -f <filename>')
  if (files.length === 0) return call.args
  if (call.args.length > 0) throw fail('name cannot be provided when a resource is specified')
  const { manifests, errors } = await loadManifests(call, files)
  throwAll(errors)
  return manifests.map(({ object, mapping }) => {
    if (mapping.resource !== RESOURCE) {
      const got = `${mapping.kind}${mapping.group === '' ? '' : `.${mapping.group}`}`
      throw fail(`can only handle CertificateSigningRequest.certificates.k8s.io objects, got ${got}`)
    }
    return object.metadata?.name ?? ''
  })
}

/** modifyCertificateCondition: adds the condition through /approval, unless it is there. */
function decide(call: Invocation, name: string, { verb, done, type, other, reason }: Decision): Obj {
  const mapping = call.mapper.resolve(RESOURCE)
  const path = pathOf(mapping, undefined, name)
  const request = call.rest.get(path)
  const conditions: readonly Obj[] = request.status?.conditions ?? []
  if (conditions.some((c) => c.type === other)) throw fail(`certificate signing request "${name}" is already ${other}`)
  const decided = conditions.some((c) => c.type === type)
  if (decided && !call.flags.bool('force')) return request
  const condition = {
    type,
    status: 'True',
    reason,
    message: `This CSR was ${done} by kubectl certificate ${verb}.`,
    lastUpdateTime: new Date(call.now).toISOString().replace(/\.\d+Z$/, 'Z'),
    lastTransitionTime: null,
  }
  const next = { ...request, status: { ...request.status, conditions: decided ? conditions : [...conditions, condition] } }
  call.rest.put(`${path}/approval`, next)
  // what is printed is the object as it was found
  return request
}

function verbOf(decision: Decision, short: string): Verb {
  return {
    name: decision.verb,
    short,
    use: '(-f FILENAME | NAME) [options]',
    flags: [...PRINT_FLAGS, ...FILENAME_FLAGS, flag('force', 'bool')],
    run: async (call) => {
      const printer = printerFor(call, 'other')
      const errors: Error[] = []
      for (const name of await names(call)) {
        try {
          const request = decide(call, name, decision)
          const line = `certificatesigningrequest.certificates.k8s.io/${name} ${decision.done}\n`
          call.out(printer === undefined ? line : printer.print(request))
        } catch (error) {
          errors.push(error as Error)
        }
      }
      throwAll(errors)
      return undefined
    },
  }
}

export const certificate: Verb = {
  name: 'certificate',
  short: 'Modify certificate resources',
  flags: [],
  run: (call) => {
    call.out(helpText(certificate, call.path))
    return undefined
  },
  verbs: [verbOf(APPROVE, 'Approve a certificate signing request'), verbOf(DENY, 'Deny a certificate signing request')],
}
