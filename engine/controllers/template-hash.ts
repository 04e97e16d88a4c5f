const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** Text of a plain value with its keys in order, so that equal templates read alike. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${fields.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`
}

/**
 * A pod template's hash as names carry it: 32-bit FNV-1a in decimal, each character mapped to Kubernetes' name alphabet
 * (rand.SafeEncodeString). The real hash runs over Go's dump of the typed struct, which changes with every release, so the
 * digits differ; length, alphabet and "same template, same hash" do not.
 */
export function templateHash(template: unknown, collisions: number): string {
  let hash = 0x811c9dc5
  for (const ch of canonical(template) + (collisions > 0 ? String(collisions) : '')) {
    hash = Math.imul(hash ^ (ch.codePointAt(0) ?? 0), 0x01000193) >>> 0
  }
  return safeName(String(hash))
}

/** rand.SafeEncodeString: each character mapped to Kubernetes' name alphabet. */
export function safeName(text: string): string {
  return [...text].map((c) => ALPHABET[c.charCodeAt(0) % ALPHABET.length]).join('')
}

/** Whether two pod templates are the same apart from the hash label (deployment util, EqualIgnoreHash). */
export function sameTemplate(a: unknown, b: unknown): boolean {
  return canonical(withoutHash(a)) === canonical(withoutHash(b))
}

export const HASH_LABEL = 'pod-template-hash'

function withoutHash(template: unknown): unknown {
  const { metadata = {}, spec } = template as { metadata?: { labels?: Record<string, string> }; spec: unknown }
  const { [HASH_LABEL]: _hash, ...labels } = metadata.labels ?? {}
  const { creationTimestamp: _created, ...rest } = metadata as Record<string, unknown>
  return { metadata: { ...rest, labels }, spec }
}
