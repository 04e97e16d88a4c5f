import type { KubeObject } from '../../object.ts'
import { type FieldError, invalid, required } from '../../status.ts'
import { complaints, subdomain } from '../fields.ts'
import { qualifiedName } from '../names.ts'

/** What events of the newer kind must say of who reports and why. */
function reported(event: KubeObject): FieldError[] {
  const { involvedObject = {}, reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event
  const { namespace = '' } = event.metadata
  const out: FieldError[] = []
  if (!involvedObject.namespace && namespace !== 'default' && namespace !== 'kube-system')
    out.push(invalid('involvedObject.namespace', '', 'does not match event.namespace'))
  if (reportingComponent === '') out.push(required('reportingComponent'))
  out.push(...complaints('reportingComponent', reportingComponent, qualifiedName(reportingComponent)))
  const texts: readonly [string, string, number][] = [
    ['reportingInstance', reportingInstance, 128],
    ['action', action, 128],
    ['reason', reason, 128],
    ['message', message, 1024],
  ]
  for (const [field, text, most] of texts) {
    if (text === '' && field !== 'message') out.push(required(field))
    if (text.length > most) out.push(invalid(field, '', `can have at most ${most} characters`))
  }
  return out
}

/** legacyValidateEvent, which is all that core/v1 asks for. */
export function validateEvent(event: KubeObject): FieldError[] {
  const { namespace = '' } = event.metadata
  const involved: string = event.involvedObject?.namespace ?? ''
  if (event.eventTime) return [...reported(event), ...subdomain(namespace, 'namespace')]
  const fits = involved === '' ? namespace === '' || namespace === 'default' : involved === namespace
  return [
    ...(fits ? [] : [invalid('involvedObject.namespace', involved, 'does not match event.namespace')]),
    ...subdomain(namespace, 'namespace'),
  ]
}
