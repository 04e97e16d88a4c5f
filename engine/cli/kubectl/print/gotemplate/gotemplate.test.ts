import { expect, test } from 'vitest'
import { GoTemplate } from './run.ts'

const DATA = {
  kind: 'List',
  items: [
    { name: 'a', n: 1 },
    { name: 'b', n: 2 },
  ],
  map: { y: 2, x: 1 },
  none: [],
  secret: 'aGk=',
}

test.each([
  ['{{.kind}}', 'List'],
  ['{{range .items}}{{.name}} {{end}}', 'a b '],
  ['{{range $i, $e := .items}}{{$i}}:{{$e.name}};{{end}}', '0:a;1:b;'],
  ['{{range $k, $v := .map}}{{$k}}={{$v}},{{end}}', 'x=1,y=2,'],
  ['{{range .none}}x{{else}}empty{{end}}', 'empty'],
  ['{{if and .kind (eq .kind "List")}}yes{{else}}no{{end}}', 'yes'],
  ['{{if .nosuch}}a{{else if .kind}}b{{end}}', 'b'],
  ['{{with index .items 1}}{{.name}}{{end}}', 'b'],
  ['{{(index .items 0).name}}', 'a'],
  ['{{len .items}}', '2'],
  ['{{printf "%s-%03d" .kind 7}}', 'List-007'],
  ['{{.kind | printf "%q"}}', '"List"'],
  ['{{$x := .kind}}{{$x}}', 'List'],
  ['{{.nosuch}}', '<no value>'],
  ['{{.map}}', 'map[x:1 y:2]'],
  ['a {{- "b" -}} c', 'abc'],
  ['{{/* said nothing */}}x', 'x'],
  ['{{.secret | base64decode}}', 'hi'],
  ['{{define "t"}}<{{.}}>{{end}}{{template "t" .kind}}', '<List>'],
  ['{{range .items}}{{if eq .name "b"}}{{break}}{{end}}{{.name}}{{end}}', 'a'],
])('%s', (template, text) => {
  expect(new GoTemplate(template, true).execute(DATA)).toBe(text)
})

test.each([
  ['{{.x', 'template: output:1: unclosed action'],
  ['{{nosuch}}', 'template: output:1: function "nosuch" not defined'],
  ['{{$x}}', 'template: output:1: undefined variable "$x"'],
  ['{{range .items}', "template: output:1: unrecognized character in action: U+007D '}'"],
])('%s does not parse', (template, message) => {
  expect(() => new GoTemplate(template, true)).toThrow(message)
})

test('a field below nothing fails, as does a missing key where it is not allowed', () => {
  expect(() => new GoTemplate('{{.nosuch.x}}', true).execute(DATA)).toThrow('nil pointer evaluating interface {}.x')
  expect(() => new GoTemplate('{{.nosuch}}', false).execute(DATA)).toThrow('map has no entry for key "nosuch"')
})
