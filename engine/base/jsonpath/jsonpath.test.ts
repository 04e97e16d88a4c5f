import { expect, test } from 'vitest'
import { JsonPath, PathError, relaxedJsonPath } from './run.ts'

const DATA = {
  kind: 'List',
  items: [
    { name: 'a', ports: [{ port: 80 }, { port: 443 }], labels: { 'x.y/z': 'dotted' }, ok: true },
    { name: 'b', ports: [{ port: 53 }], ok: false },
  ],
  empty: [],
}

test.each([
  ['{.kind}', 'List'],
  ['{$.kind} x', 'List x'],
  ['{.items[*].name}', 'a b'],
  ['{.items[0].name}', 'a'],
  ['{.items[-1].name}', 'b'],
  ['{.items[0:2].name}', 'a b'],
  ["{.items[0]['name']}", 'a'],
  ["{.items[0]['name','ok']}", 'a true'],
  ['{.items[?(@.name=="b")].ports[0].port}', '53'],
  ["{.items[?(@.name!='b')].name}", 'a'],
  ['{.items[?(@.ok)].name}', 'a b'],
  ['{.items[*].ports[?(@.port>100)].port}', '443'],
  ['{range .items[*]}{.name}={.ports[*].port}{"\\n"}{end}', 'a=80 443\nb=53\n'],
  ['{..port}', '80 443 53'],
  ['{.items[0].labels.x\\.y/z}', 'dotted'],
  ['{.items[0].ports}', '[{"port":80},{"port":443}]'],
  ['{.nosuch}', ''],
])('%s', (template, text) => {
  expect(new JsonPath(template, true).execute(DATA)).toBe(text)
})

test.each([
  ['{.items[0', 'unterminated array'],
  ['{.items', 'unclosed action'],
  ['{.items[?(@.name=="a"', 'unterminated filter'],
  ["{'x}", 'unterminated quoted string'],
  ['{.items[x]}', 'invalid array index x'],
  ['{%}', "unrecognized character in action: U+0025 '%'"],
])('%s does not parse: %s', (template, message) => {
  expect(() => new JsonPath(template, true)).toThrow(new PathError(message))
})

test('a missing field is an error where it is not allowed, an index out of range always', () => {
  expect(() => new JsonPath('{.nosuch}', false).execute(DATA)).toThrow('nosuch is not found')
  expect(() => new JsonPath('{.items[7]}', true).execute(DATA)).toThrow('array index out of bounds: index 7, length 2')
})

test('the relaxed forms of a field', () => {
  for (const text of ['a.b', '.a.b', '{a.b}', '{.a.b}']) expect(relaxedJsonPath(text)).toBe('{.a.b}')
  expect(() => relaxedJsonPath('{.a}{.b}')).toThrow('unexpected path string')
})
