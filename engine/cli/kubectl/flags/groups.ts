import { accepted, type FlagSpec, flag, known } from './spec.ts'

/** Flags every verb understands (genericclioptions.ConfigFlags and klog's). */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  flag('as', 'string', { suite: 'kubectl' }),
  flag('as-group', 'stringArray'),
  flag('as-uid', 'string'),
  known('as-user-extra', 'stringArray'),
  accepted('cache-dir', 'string', 'discovery is not cached'),
  known('certificate-authority', 'string'),
  known('client-certificate', 'string'),
  known('client-key', 'string'),
  flag('cluster', 'string'),
  flag('context', 'string'),
  accepted('disable-compression', 'bool', 'bodies do not travel over a wire'),
  accepted('insecure-skip-tls-verify', 'bool', 'certificates are not verified'),
  flag('kubeconfig', 'string'),
  known('kuberc', 'string'),
  accepted('log-flush-frequency', 'duration', 'nothing is logged', { fallback: '5s' }),
  accepted('match-server-version', 'bool', 'client and server come from one profile'),
  flag('namespace', 'string', { short: 'n', suite: 'kubectl' }),
  known('password', 'string'),
  known('profile', 'string'),
  known('profile-output', 'string'),
  accepted('request-timeout', 'string', 'the API server answers at once'),
  flag('server', 'string', { short: 's' }),
  accepted('tls-server-name', 'string', 'certificates are not verified'),
  flag('token', 'string'),
  flag('user', 'string'),
  known('username', 'string'),
  flag('v', 'int', { short: 'v' }),
  known('vmodule', 'string'),
  flag('warnings-as-errors', 'bool'),
  flag('help', 'bool', { short: 'h' }),
]

const OUTPUT_FLAGS: readonly FlagSpec[] = [
  flag('output', 'string', { short: 'o' }),
  flag('template', 'string'),
  flag('allow-missing-template-keys', 'bool', { fallback: 'true' }),
  flag('show-managed-fields', 'bool'),
]

/** `-o` and its relatives for verbs that report what they did. */
export const PRINT_FLAGS = OUTPUT_FLAGS

/** `-f`, `-k`, `-R`. */
export const FILENAME_FLAGS: readonly FlagSpec[] = [
  flag('filename', 'stringSlice', { short: 'f' }),
  known('kustomize', 'string', { short: 'k' }),
  flag('recursive', 'bool', { short: 'R' }),
]

export const DRY_RUN: FlagSpec = flag('dry-run', 'string', { fallback: 'none', bare: 'unchanged' })
export const SELECTOR: FlagSpec = flag('selector', 'string', { short: 'l' })
export const FIELD_SELECTOR: FlagSpec = flag('field-selector', 'string')
export const ALL_NAMESPACES: FlagSpec = flag('all-namespaces', 'bool', { short: 'A' })
export const CHUNK_SIZE: FlagSpec = accepted('chunk-size', 'int64', 'lists come whole', { fallback: '500' })

/** --field-manager with the name the verb uses by itself. */
export function fieldManager(name: string): FlagSpec {
  return flag('field-manager', 'string', { fallback: name })
}

export const VALIDATE: FlagSpec = flag('validate', 'string', { fallback: 'strict', bare: 'strict' })
export const SAVE_CONFIG: FlagSpec = flag('save-config', 'bool')
export const WINDOWS_LINES: FlagSpec = accepted('windows-line-endings', 'bool', 'only read by kubectl edit on Windows')
