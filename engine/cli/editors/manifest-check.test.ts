import { expect, test } from 'vitest'
import { checkManifest } from './manifest-check.ts'

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selctor:
    app: web
  ports:
  - port: "80"
    name: http
`

test('unknown fields and wrong types are told where they stand', () => {
  expect(checkManifest(SERVICE)).toEqual([
    { line: 6, column: 3, message: 'unknown field "selctor": is "selector" meant?' },
    { line: 9, column: 11, message: 'a whole number is wanted here' },
  ])
})

test('a manifest without a mistake has none', () => {
  expect(checkManifest(SERVICE.replace('selctor', 'selector').replace('"80"', '80'))).toEqual([])
})

test('every object of a list and every document is looked at', () => {
  const list =
    'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  dta: {}\n---\napiVersion: v1\nkind: Pod\nsepc: {}\n'
  expect(checkManifest(list).map(({ line, message }) => `${line}: ${message}`)).toEqual([
    '6: unknown field "dta": is "data" meant?',
    '10: unknown field "sepc": is "spec" meant?',
  ])
})

test('a mistake of YAML has its line; kinds that are not known are left alone', () => {
  expect(checkManifest('a:\n  b: 1\n c: 2\n').map(({ line }) => line)).toEqual([3])
  expect(checkManifest('apiVersion: example.com/v1\nkind: Widget\nanything: goes\n')).toEqual([])
})
