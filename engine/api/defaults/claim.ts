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

/** Sources that a claim has always taken; others can only be said by reference (EnforceDataSourceBackwardsCompatibility). */
function former({ apiGroup, kind }: any): boolean {
  return apiGroup ? apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot' : kind === 'PersistentVolumeClaim'
}

/** A claim's two ways to say where its data comes from, the one filled in from the other (NormalizeDataSources). */
export function normalizedSources(given: any): any {
  const spec = { ...given }
  const grouped = (source: any) => ({ apiGroup: null, ...source })
  if (spec.dataSource !== undefined && spec.dataSourceRef === undefined && !former(spec.dataSource)) delete spec.dataSource
  const { dataSource: source, dataSourceRef: reference } = spec
  if (source !== undefined) spec.dataSource = grouped(source)
  if (reference !== undefined) spec.dataSourceRef = grouped(reference)
  if (source !== undefined && reference === undefined) spec.dataSourceRef = spec.dataSource
  if (reference !== undefined && source === undefined && !reference.namespace) spec.dataSource = spec.dataSourceRef
  return spec
}
