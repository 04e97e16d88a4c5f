// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { type FieldError, forbiddenField, invalid, required } from '../../status.ts'
import { fileMode, nonReservedPath } from '../fields.ts'
import { downwardAPIFile, keyToPath } from './volume-files.ts'

const CONFLICT = 'conflicting duplicate paths'

/** Paths of one projected volume, each of which only one source may use. */
class Paths {
  private readonly taken = new Set<string>()

  claim(path: string | undefined, at: string, shown: string): FieldError[] {
    if (!path) return []
    if (this.taken.has(path)) return [invalid(at, shown, CONFLICT)]
    this.taken.add(path)
    return []
  }
}

function keyed(given: any, at: string, volume: string, paths: Paths): FieldError[] {
  const out: FieldError[] = given.name ? [] : [required(`${at}.name`)]
  for (const [i, item] of (given.items ?? []).entries())
    out.push(...keyToPath(item, `${at}.items[${i}]`), ...paths.claim(item.path, volume, given.name ?? ''))
  return out
}

const DAY_MAX = 2 ** 32

function token(given: any, at: string, volume: string): FieldError[] {
  const out: FieldError[] = []
  const seconds = given.expirationSeconds
  if (seconds < 600) out.push(invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes'))
  if (seconds > DAY_MAX)
    out.push(invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds'))
  if (!given.path) return [...out, required(`${volume}.path`)]
  return [...out, ...nonReservedPath(given.path, `${volume}.path`)]
}

function trustBundle(given: any, at: string, volume: string, paths: Paths): FieldError[] {
  const out: FieldError[] = []
  if (given.name !== undefined && given.signerName !== undefined) {
    const shown = {
      Name: given.name,
      SignerName: given.signerName,
      LabelSelector: given.labelSelector ?? null,
      Optional: given.optional ?? null,
      Path: given.path ?? '',
    }
    out.push(invalid(at, shown, 'only one of name and signerName may be used'))
  } else if (given.name === undefined && given.signerName === undefined) {
    out.push(required(at, 'either name or signerName must be specified'))
  }
  if (!given.path) out.push(required(`${at}.path`))
  return [...out, ...nonReservedPath(given.path ?? '', `${at}.path`), ...paths.claim(given.path ?? ' ', volume, given.path ?? '')]
}

/** validateProjectedVolumeSource. */
export function projected(given: any, at: string): FieldError[] {
  const out = fileMode(given.defaultMode, `${at}.defaultMode`)
  const paths = new Paths()
  for (const [i, source] of (given.sources ?? []).entries()) {
    const field = `${at}.sources[${i}]`
    if (source.secret) out.push(...keyed(source.secret, `${field}.secret`, at, paths))
    if (source.configMap) out.push(...keyed(source.configMap, `${field}.configMap`, at, paths))
    for (const file of source.downwardAPI?.items ?? [])
      out.push(...downwardAPIFile(file, `${field}.downwardAPI`), ...paths.claim(file.path, at, file.path))
    if (source.serviceAccountToken) out.push(...token(source.serviceAccountToken, `${field}.serviceAccountToken`, at))
    if (source.clusterTrustBundle) out.push(...trustBundle(source.clusterTrustBundle, `${field}.clusterTrustBundle`, at, paths))
    const kinds = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle', 'podCertificate']
    if (kinds.filter((k) => source[k] !== undefined).length > 1)
      out.push(forbiddenField(field, 'may not specify more than 1 volume type per source'))
  }
  return out
}
