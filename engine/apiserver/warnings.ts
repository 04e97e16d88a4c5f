import type { Kind } from '../api/kinds/registry.ts'

/** What the server warns of whenever a deprecated API is used, by its minor version. */
export function deprecations(kind: Kind, minor: number): readonly string[] {
  if (kind.key === 'endpoints' && minor >= 33)
    return ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice']
  if (kind.deprecation !== undefined) return [kind.deprecation]
  if (kind.key === 'componentstatuses') return ['v1 ComponentStatus is deprecated in v1.19+']
  return []
}
