// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../../status.ts'
import { complaints, nonNegative, onlyOne } from '../fields.ts'
import { portName, portNumber } from '../names.ts'

const HEADER =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"

/** ValidatePortNumOrName. */
function port(value: number | string | undefined, at: string): FieldError[] {
  return complaints(at, value ?? 0, typeof value === 'string' ? portName(value) : portNumber(value ?? 0))
}

function httpGet(given: any, at: string): FieldError[] {
  const out = given.path ? [] : [required(`${at}.path`)]
  out.push(...port(given.port, `${at}.port`))
  if (!['HTTP', 'HTTPS'].includes(given.scheme)) out.push(notSupported(`${at}.scheme`, given.scheme, ['HTTP', 'HTTPS']))
  for (const { name } of given.httpHeaders ?? [])
    if (!/^[-A-Za-z0-9]+$/.test(name ?? '')) out.push(invalid(`${at}.httpHeaders`, name ?? '', HEADER))
  return out
}

function sleep(given: any, at: string, grace: number | undefined): FieldError[] {
  const seconds = given.seconds ?? 0
  if (grace === undefined || (seconds >= 0 && seconds <= grace)) return []
  return [invalid(at, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`)]
}

const PROBES = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const
const HOOKS = ['exec', 'httpGet', 'tcpSocket', 'sleep'] as const

/** validateHandler: the first kind of handler is looked at, others may not be there. */
function handler(given: any, at: string, kinds: readonly string[], grace: number | undefined): FieldError[] {
  const set = kinds.filter((k) => given[k] !== undefined)
  const [first] = set
  if (first === undefined) return [required(at, 'must specify a handler type')]
  const action = given[first]
  const field = `${at}.${first}`
  let out: FieldError[]
  if (first === 'exec') out = (action.command ?? []).length > 0 ? [] : [required(`${field}.command`)]
  else if (first === 'httpGet') out = httpGet(action, field)
  else if (first === 'sleep') out = sleep(action, field, grace)
  else out = port(action.port, `${field}.port`)
  return [...out, ...onlyOne(at, set, 'handler type')]
}

const COUNTS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']

/** validateLivenessProbe, validateReadinessProbe, validateStartupProbe. */
export function validateProbes(container: any, at: string, grace: number | undefined): FieldError[] {
  const out: FieldError[] = []
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name]
    if (probe === undefined) continue
    const field = `${at}.${name}`
    out.push(...handler(probe, field, PROBES, grace), ...COUNTS.flatMap((c) => nonNegative(probe[c], `${field}.${c}`)))
    const seconds = probe.terminationGracePeriodSeconds
    if (seconds !== undefined && seconds <= 0)
      out.push(invalid(`${field}.terminationGracePeriodSeconds`, seconds, 'must be greater than 0'))
    if (name === 'readinessProbe') {
      if (seconds !== undefined)
        out.push(invalid(`${field}.terminationGracePeriodSeconds`, seconds, 'must not be set for readinessProbes'))
    } else if (probe.successThreshold !== 1) out.push(invalid(`${field}.successThreshold`, probe.successThreshold, 'must be 1'))
  }
  return out
}

/** validateLifecycle. */
export function validateLifecycle(given: any, at: string, grace: number | undefined, os: string | undefined): FieldError[] {
  const out: FieldError[] = []
  for (const hook of ['postStart', 'preStop']) if (given[hook]) out.push(...handler(given[hook], `${at}.${hook}`, HOOKS, grace))
  if (given.stopSignal !== undefined && os === undefined) {
    out.push(forbiddenField(`${at}.stopSignal`, 'may not be set for containers with empty `spec.os.name`'))
  }
  return out
}
