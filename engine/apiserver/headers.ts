import type { ApiRequest } from './client.ts'

/** A header by name, whatever its case. */
export function header(request: ApiRequest, name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (const [key, value] of Object.entries(request.headers ?? {})) if (key.toLowerCase() === wanted) return value
  return undefined
}
