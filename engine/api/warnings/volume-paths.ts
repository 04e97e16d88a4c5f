// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks

interface Path {
  readonly path: string
  readonly source: string
}

const shown = ({ path, source }: Path) => (source === '' ? JSON.stringify(path) : `${JSON.stringify(path)} (${source})`)

/** checkForOverlap: the same path, or one inside the other. */
function overlaps(paths: readonly Path[]): string[] {
  const out: string[] = []
  const before: Path[] = []
  for (const given of paths) {
    const now = { ...given, path: given.path.replace(/\/+$/, '') }
    for (const other of before) {
      if (now.path === '' || other.path === '') continue
      const [a, b] = [`${now.path}/`, `${other.path}/`]
      if (a.startsWith(b) || b.startsWith(a)) out.push(`${shown(now)} with ${shown(other)}`)
    }
    before.push(now)
  }
  return out
}

const paths = (items: readonly any[] | undefined, source: string): Path[] =>
  (items ?? []).map((i) => ({ path: i.path ?? '', source }))

function projected(source: any): Path[] {
  if (source.configMap) return paths(source.configMap.items, `ConfigMap ${JSON.stringify(source.configMap.name ?? '')}`)
  if (source.secret) return paths(source.secret.items, `Secret ${JSON.stringify(source.secret.name ?? '')}`)
  if (source.downwardAPI) return paths(source.downwardAPI.items, 'DownwardAPI')
  if (source.serviceAccountToken) return [{ path: source.serviceAccountToken.path ?? '', source: 'ServiceAccountToken' }]
  return []
}

/** warningsForOverlappingVirtualPaths. */
export function overlappingPaths(volumes: readonly any[]): string[] {
  return volumes.flatMap((v) => {
    const say = (what: string, list: readonly string[]) =>
      list.map((words) => `volume ${JSON.stringify(v.name ?? '')} (${what}): overlapping paths: ${words}`)
    const out: string[] = []
    if (v.configMap)
      out.push(...say(`ConfigMap ${JSON.stringify(v.configMap.name ?? '')}`, overlaps(paths(v.configMap.items, ''))))
    if (v.secret) out.push(...say(`Secret ${JSON.stringify(v.secret.secretName ?? '')}`, overlaps(paths(v.secret.items, ''))))
    if (v.downwardAPI) out.push(...say('DownwardAPI', overlaps(paths(v.downwardAPI.items, ''))))
    const sources: readonly any[] = v.projected?.sources ?? []
    for (const s of sources)
      if (Object.keys(s).length === 0) out.push(`volume ${JSON.stringify(v.name)} (Projected) has no sources provided`)
    return [...out, ...say('Projected', overlaps(sources.flatMap(projected)))]
  })
}
