import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { naturalOrder, yamlDocument } from './yaml.ts'

test.each([
  ['plain', 'plain'],
  ['', '""'],
  ['true', '"true"'],
  ['y', '"y"'],
  ['null', '"null"'],
  ['123', '"123"'],
  ['1.5', '"1.5"'],
  ['0x1f', '"0x1f"'],
  ['1.35.4', '1.35.4'],
  ['10.0.0.1', '10.0.0.1'],
  ['2026-11-20T17:39:17Z', '"2026-11-20T17:39:17Z"'],
  ['12:30', '"12:30"'],
  ['a: b', "'a: b'"],
  ['a:b', 'a:b'],
  ['*/5 * * * *', "'*/5 * * * *'"],
  ['- x', "'- x'"],
  ['-x', '-x'],
  ['a #b', "'a #b'"],
  ["it's", "it's"],
  [' lead', "' lead'"],
  ['tab\there', '"tab\\there"'],
  ['a\nb\n', '|\n  a\n  b'],
  ['a\nb', '|-\n  a\n  b'],
  ['a\n\n', '|+\n  a\n'],
  ['a \nb', '"a \\nb"'],
])('the string %j is written %s', (text, written) => {
  expect(yamlDocument({ k: text })).toBe(`k: ${written}\n`)
})

test('keys are sorted, sequences stay under their key, empty ones are inline', () => {
  expect(yamlDocument({ b: [{ z: 1, a: [] }], a: {}, c: null })).toBe('a: {}\nb:\n- a: []\n  z: 1\nc: null\n')
})

test('keys sort naturally: digits by value', () => {
  expect(['a10', 'a9', 'b', 'a'].sort(naturalOrder)).toEqual(['a', 'a9', 'a10', 'b'])
})

test('long lines fold at the first blank past column 80', () => {
  const words = Array.from({ length: 30 }, (_, i) => `word${i}`).join(' ')
  const lines = yamlDocument({ key: words }).trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(2)
  for (const line of lines.slice(0, -1)) expect(line.length).toBeGreaterThan(80)
  expect(parse(lines.join('\n'))).toEqual({ key: words })
})

test('what is written reads back', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', '1', ' ', ':', '-', '#', '"', "'", '\n', '\t', '\\', '{', '%', 'é') })
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.stringMatching(/^[a-z]{1,5}$/),
        fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 3 })),
        { minKeys: 1 },
      ),
      (object) => {
        expect(parse(yamlDocument(object), { version: '1.1' })).toEqual({ ...object })
      },
    ),
    { numRuns: 300 },
  )
})
