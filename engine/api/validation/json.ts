const LITERALS = ['null', 'true', 'false']

/** encoding/json's words about the first byte that cannot be. */
function syntax(text: string): string {
  const start = text.search(/[^ \t\r\n]/)
  if (start < 0) return 'unexpected end of JSON input'
  const rest = text.slice(start)
  const literal = LITERALS.find((l) => l[0] === rest[0])
  if (literal !== undefined) {
    const at = [...literal].findIndex((c, i) => rest[i] !== c)
    const got = rest[at]
    if (at > 0 && got !== undefined) return `invalid character '${got}' in literal ${literal} (expecting '${literal[at]}')`
    return at > 0 ? 'unexpected end of JSON input' : `invalid character '${rest[literal.length]}' after top-level value`
  }
  if (!/[[{"\d-]/.test(rest[0] as string)) return `invalid character '${rest[0]}' looking for beginning of value`
  const key = /^\{\s*([^"}\s])/.exec(rest)
  if (key !== null) return `invalid character '${key[1]}' looking for beginning of object key string`
  return 'unexpected end of JSON input'
}

/** Why a text is no JSON object, in the words of encoding/json; undefined if it is one. */
export function notObject(text: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return syntax(text)
  }
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`
}
