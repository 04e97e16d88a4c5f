import { expect, test } from 'vitest'
import { GoJsonError, keysAsWritten, parseGoJson } from './go-json.ts'

/** What kube-apiserver v1.35.4 answered to these bodies. */
const WRONG: readonly (readonly [string, string])[] = [
  ['', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['abc', "invalid character 'a' looking for beginning of value"],
  ['{"metadata":{"name":"q"}} x', "invalid character 'x' after top-level value"],
  ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
  ['{"a":"\n"}', "invalid character '\\n' in string literal"],
  ['{"a":01}', "invalid character '1' after object key:value pair"],
  ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
  ['{"a":1e}', "invalid character '}' in exponent of numeric literal"],
]

test('text that is no JSON gets the words of the Go decoder', () => {
  for (const [text, words] of WRONG) expect(() => parseGoJson(text), text).toThrow(new GoJsonError(words))
  expect(() => parseGoJson('['.repeat(10001))).toThrow('exceeded max depth')
})

test('what is JSON reads as JSON, and keys given twice are remembered', () => {
  const text = '{"a":[1,-2.5e3,true,null,"\\u00e9\\n\\"x"],"b":{"":{}},"c":[]}'
  expect(parseGoJson(text)).toEqual(JSON.parse(text))
  const twice = parseGoJson('{"a":1,"b":2,"a":3}') as object
  expect(twice).toEqual({ a: 3, b: 2 })
  expect(keysAsWritten(twice)).toEqual(['a', 'b', 'a'])
})
