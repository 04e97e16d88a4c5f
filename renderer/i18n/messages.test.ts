import { expect, test } from 'vitest'
import { en } from './en.ts'
import { vi } from './vi.ts'

/** Every text by its path; a function's text is what it says of plain arguments. */
function texts(value: unknown, path = ''): Record<string, string> {
  if (typeof value === 'string') return { [path]: value }
  if (typeof value === 'function') return { [path]: String(value(...Array.from({ length: value.length }, (_, i) => i + 2))) }
  return Object.assign({}, ...Object.entries(value as object).map(([key, inner]) => texts(inner, path ? `${path}.${key}` : key)))
}

const ENGLISH = texts(en)
const VIETNAMESE = texts(vi)

test('both languages say everything', () => {
  expect(Object.keys(VIETNAMESE).sort()).toEqual(Object.keys(ENGLISH).sort())
  for (const [path, text] of [...Object.entries(ENGLISH), ...Object.entries(VIETNAMESE)]) {
    if (path !== 'home.level.0') expect(text.trim(), path).not.toBe('')
  }
})

test('no exclamation marks', () => {
  for (const [path, text] of [...Object.entries(ENGLISH), ...Object.entries(VIETNAMESE)]) expect(text, path).not.toContain('!')
})

test('what numbers a text names are in both', () => {
  const digits = (text: string | undefined) => [...(text ?? '').matchAll(/\d+/g)].map((match) => match[0]).sort()
  for (const path of Object.keys(ENGLISH)) expect(digits(VIETNAMESE[path]), path).toEqual(digits(ENGLISH[path]))
})
