/** A response as a client reads it. */
export interface HttpAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Reads a whole response that its server ended or measured; undefined if it is none. */
export function httpAnswer(bytes: string): HttpAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(bytes)?.[1]
  if (end < 0 || status === undefined) return undefined
  const headers: Record<string, string> = {}
  for (const line of bytes.slice(0, end).split('\r\n').slice(1)) {
    const at = line.indexOf(':')
    if (at > 0) headers[line.slice(0, at).toLowerCase()] = line.slice(at + 1).trim()
  }
  const rest = bytes.slice(end + 4)
  const length = headers['content-length']
  return { status: Number(status), headers, body: length === undefined ? rest : rest.slice(0, Number(length)) }
}
