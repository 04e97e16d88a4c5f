import { type KubeConfig, saveConfig } from '../config.ts'
import { fail } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import type { Verb } from '../verb.ts'
import { entryOf, exactly } from './entries.ts'
import { CLUSTER_FIELDS, CONTEXT_FIELDS } from './fields.ts'

const FIELDS = {
  clusters: CLUSTER_FIELDS,
  contexts: CONTEXT_FIELDS,
  users: [
    'client-certificate',
    'client-certificate-data',
    'client-key',
    'client-key-data',
    'token',
    'tokenFile',
    'username',
    'password',
    'act-as',
    'act-as-uid',
  ],
} as const
const SWITCHES = ['insecure-skip-tls-verify', 'disable-compression']

interface Place {
  readonly section: keyof typeof FIELDS
  readonly name: string
  /** Absent: the whole entry. */
  readonly field?: string
}

/** "clusters.NAME.server" apart; a name may hold dots (navigation_step_parser.go). */
function placeOf(path: string): Place | 'current-context' {
  if (path === 'current-context') return 'current-context'
  const [head = '', ...rest] = path.split('.')
  if (!(head in FIELDS) || rest.length === 0) throw fail(`unable to parse ${path} after [] at api.Config`)
  const section = head as Place['section']
  const last = rest.at(-1)!
  const isField = (FIELDS[section] as readonly string[]).includes(last) && rest.length > 1
  return isField ? { section, name: rest.slice(0, -1).join('.'), field: last } : { section, name: rest.join('.') }
}

function remove(config: KubeConfig, { section, name, field }: Place): void {
  const list = config[section] as { name: string }[]
  const at = list.findIndex((e) => e.name === name)
  if (field !== undefined) delete entryOf(config, section, name)[field]
  else if (at >= 0) list.splice(at, 1)
  else throw fail(`current map key \`${name}\` is invalid`)
}

export const setProperty: Verb = {
  name: 'set',
  short: 'Set an individual value in a kubeconfig file',
  flags: [flag('set-raw-bytes', 'bool')],
  run: (call) => {
    const [path, value] = exactly(call, setProperty, [2]) as [string, string]
    const { config } = call
    const place = placeOf(path)
    if (place === 'current-context') config.current = value
    else if (place.field === undefined)
      throw fail(`unable to parse ${path} after [${place.section}] at map[string]*api.${place.section}`)
    else {
      const isSwitch = SWITCHES.includes(place.field)
      if (isSwitch && !['true', 'false', '1', '0'].includes(value))
        throw fail(`strconv.ParseBool: parsing "${value}": invalid syntax`)
      entryOf(config, place.section, place.name)[place.field] = isSwitch ? value === 'true' || value === '1' : value
    }
    saveConfig(call.configSource, config)
    call.out(`Property "${path}" set.\n`)
    return undefined
  },
}

export const unsetProperty: Verb = {
  name: 'unset',
  short: 'Unset an individual value in a kubeconfig file',
  flags: [],
  run: (call) => {
    const [path] = exactly(call, unsetProperty, [1]) as [string]
    const place = placeOf(path)
    if (place === 'current-context') call.config.current = ''
    else remove(call.config, place)
    saveConfig(call.configSource, call.config)
    call.out(`Property "${path}" unset.\n`)
    return undefined
  },
}
