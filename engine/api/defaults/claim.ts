// biome-ignore-all lint/suspicious/noExplicitAny: claims are open structures whose shape the schema checks
import { roundUpToMilli } from '../validation/quantity.ts'

const rounded = (list: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(list).map(([name, value]) => [name, roundUpToMilli(value)]))

/** SetDefaults_PersistentVolumeClaimSpec; a data source and its reference say the same (NormalizeDataSources). */
export function claimSpecDefaults(given: any): any {
  const out: any = { ...given, resources: { ...given.resources }, volumeMode: given.volumeMode ?? 'Filesystem' }
  for (const part of ['requests', 'limits']) if (out.resources[part]) out.resources[part] = rounded(out.resources[part])
  return out
}

/** A claim's two ways to say where its data comes from, the one filled in from the other. */
export function normalizedSources(spec: any): any {
  const { dataSource: source, dataSourceRef: reference } = spec
  if (source !== undefined && reference === undefined) return { ...spec, dataSourceRef: source }
  if (reference !== undefined && source === undefined && !reference.namespace) return { ...spec, dataSource: reference }
  return spec
}
